import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of the documents in `src`, from the schema that the server prints: `npm run generate`. */
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/api/generated/**"],
  generates: {
    "src/api/generated/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: "replaceDocumentWithHash", hashAlgorithm: "sha256" },
      },
      config: {
        // Documents are sent as text and never parsed in the browser.
        documentMode: "string",
        useTypeImports: true,
        enumsAsTypes: true,
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
        defaultScalarType: "unknown",
        scalars: { DateTime: "string", JSON: "unknown", Long: "number", Url: "string" },
        skipTypename: true,
        dedupeFragments: true,
      },
    },
  },
};

export default config;
