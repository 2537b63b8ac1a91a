// schema.graphql, as the tools of its readers see it: the reference implementation, two linters, Relay's
// compiler, and a check of the documents that are shown to people. BASE is a commit whose schema this one
// must not break; nothing is compared without it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import graphqlEslint from "@graphql-eslint/eslint-plugin";
import { diff, validate } from "@graphql-inspector/core";
import { Linter } from "eslint";
import { buildSchema, Source, validateSchema } from "graphql";
import schemaLinter from "graphql-schema-linter";
import relayCompiler from "relay-compiler";

const root = fileURLToPath(new URL("../../", import.meta.url));
const sdl = readFileSync(join(root, "schema.graphql"), "utf8");
const base = process.env.BASE;
const RELAY_OPERATIONS = [
  "AskMutation",
  "JobCompletedSubscription",
  "JobQuery",
  "QueriesPageQuery",
  "QueriesQuery",
  "SavedQueryRefetchQuery",
];

test("the reference implementation reads it and finds nothing wrong", () => none(reference(sdl)));

test("graphql-eslint finds nothing to object to", () => none(eslint(sdl)));

test("graphql-schema-linter finds nothing to object to", () => none(linter(sdl)));

test("Relay compiles a program against it", () => {
  const { faults, artifacts } = relay(sdl);
  none(faults);
  const operations = artifacts.filter((name) => /(Mutation|Query|Subscription)\.graphql\.js$/.test(name));
  const expected = RELAY_OPERATIONS.map((name) => `${name}.graphql.js`);
  assert.deepEqual(operations, expected);
});

test("the playground's operations are valid, and use nothing deprecated", () => none(operations(sdl)));

if (base) {
  test(`nothing breaks what was valid at ${base}`, async () => {
    const before = execFileSync("git", ["show", `${base}:schema.graphql`], { cwd: root, encoding: "utf8" });
    none(await breaks(before, sdl));
  });
}

// A tool that reads no file or has no rule set finds nothing either.
test("each of them finds what is wrong", async () => {
  some(reference(`${sdl}\ninput Endless { again: Endless! }\n`));
  some(eslint(`${sdl}\ntype Unknown { name: String }\n`), "require-description");
  some(linter(`${sdl}\ntype Unknown { name: String }\n`), "types-have-descriptions");
  some(relay(sdl.replaceAll("hasNextPage", "more")).faults, "hasNextPage");
  const renamed = sdl.replaceAll("createQuery", "addQuery");
  some(operations(renamed), "createQuery");
  some(await breaks(sdl, renamed), "createQuery");
});

function reference(text) {
  return validateSchema(buildSchema(text)).map((error) => error.toString());
}

function eslint(text) {
  const parserOptions = { schemaSdl: text };
  const config = {
    files: ["**/*.graphql"],
    plugins: { "@graphql-eslint": graphqlEslint },
    languageOptions: { parser: graphqlEslint.parser, parserOptions },
    rules: eslintRules(),
  };
  const found = new Linter().verify(text, config, { filename: "schema.graphql" });
  // The one rule of names that takes no exceptions.
  const query = 'Field "query" starts with the name of the parent type "Query"';
  return found
    .filter(({ ruleId, message }) => ruleId !== "@graphql-eslint/no-typename-prefix" || message !== query)
    .map(({ line, ruleId, message }) => fault(line ?? 1, ruleId ?? "parser", message));
}

function eslintRules() {
  const rules = {
    ...graphqlEslint.configs["flat/schema-recommended"].rules,
    ...graphqlEslint.configs["flat/schema-relay"].rules,
    // Not every object is a node: edges, payloads and parts of an object have no id.
    "@graphql-eslint/strict-id-in-types": "off",
    // Connections have `nodes` beside `edges`, and a list of strings is a list as well.
    "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  };
  // Here a query is a thing to be read, not the way to read it.
  const [level, { ["FieldDefinition[parent.name.value=Query]"]: names, ...others }] =
    rules["@graphql-eslint/naming-convention"];
  const read = "FieldDefinition[parent.name.value=Query][name.value!=/^(query|previewQuery)$/]";
  return { ...rules, "@graphql-eslint/naming-convention": [level, { ...others, [read]: names }] };
}

function linter(text) {
  const schema = { definition: text, sourceMap: { getOriginalPathForLine: () => "schema.graphql" } };
  const configuration = new schemaLinter.configuration.Configuration(schema);
  // What belongs together stands together.
  const rules = configuration.getAllRules().filter(({ name }) => !name.endsWith("SortedAlphabetically"));
  const found = schemaLinter.validator.validateSchemaDefinition(schema, rules, configuration);
  return found.map(({ locations, ruleName, message }) => fault(locations[0].line, ruleName, message));
}

/** Compiles a copy of `relay`, since the compiler writes its artifacts beside what it reads. */
function relay(text) {
  const folder = mkdtempSync(join(tmpdir(), "relay-"));
  try {
    cpSync(fileURLToPath(new URL("relay", import.meta.url)), folder, { recursive: true });
    writeFileSync(join(folder, "schema.graphql"), text);
    mkdirSync(join(folder, "artifacts"));
    // Watchman would go on running.
    const run = spawnSync(relayCompiler, ["--noWatchman"], { cwd: folder, encoding: "utf8" });
    if (run.error) throw run.error;
    const artifacts = readdirSync(join(folder, "artifacts")).sort();
    const said = stripVTControlCharacters(run.stdout + run.stderr);
    return { faults: run.status === 0 ? [] : [said], artifacts };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function operations(text) {
  const folder = join(root, "playground/operations");
  const names = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
  assert.ok(names.length > 0, `${folder} has no operations`);
  const sources = names.map((name) => new Source(readFileSync(join(folder, name), "utf8"), name));
  return validate(buildSchema(text), sources).flatMap(({ source, errors, deprecated }) =>
    [...errors, ...deprecated].map(({ message }) => `${source.name}: ${message}`),
  );
}

async function breaks(before, after) {
  const changes = await diff(buildSchema(before), buildSchema(after));
  return changes.filter(({ criticality }) => criticality.level === "BREAKING").map(({ message }) => message);
}

function fault(line, rule, message) {
  return `schema.graphql:${line} ${rule}: ${message.replaceAll(/\s+/g, " ")}`;
}

function none(faults) {
  assert.ok(faults.length === 0, `\n${faults.join("\n")}\n${faults.length} in all`);
}

function some(faults, text = "") {
  const found = faults.some((line) => line.includes(text));
  assert.ok(found, `not found: ${text}\n${faults.join("\n")}`);
}
