// What @graphql-eslint would load schemas and pluck documents with. It is given the schema as text, so
// none of it is called; the real packages bring some two hundred others, among them a way to the network.
const unused = () => {
  throw new Error("the schema is given as text");
};

exports.CodeFileLoader = unused;
exports.GraphQLConfig = unused;
exports.gqlPluckFromCodeStringSync = unused;
exports.loadConfigSync = unused;
