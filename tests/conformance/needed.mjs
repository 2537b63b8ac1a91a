/** What the tests are told by the environment. */
export function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: ADDRESS and KEY of a running server, BINARY to start others`);
  return value;
}
