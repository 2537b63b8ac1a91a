import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Where `npm run dev` finds a running ByteStack: the page comes from here, the API from there. */
const server = process.env.BYTESTACK_ADDRESS ?? "http://127.0.0.1:8000";

/** What is embedded into the binary is compressed here, once, and never by the server. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          const content = file.type === "chunk" ? file.code : file.source;
          delete bundle[name];
          this.emitFile({
            type: "asset",
            fileName: `${name}.gz`,
            source: gzipSync(content, { level: 9 }),
          });
        }
      },
    },
  };
}

/**
 * A document in the source becomes the one that was generated from it, which is its hash alone: the server knows the
 * text, and the browser needs none of it.
 */
function documents(): Plugin {
  const written = /\bgraphql\(`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`\)/g;
  return {
    name: "documents",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/.*\.tsx?$/.test(id) || id.includes("/generated/") || !code.includes("graphql(`")) return null;
      const replaced = code.replace(written, (_, kind: string, name: string) => `generated.${name}${kind === "fragment" ? "FragmentDoc" : "Document"}`);
      return `import * as generated from "/src/api/generated/graphql";\n${replaced}`;
    },
  };
}

export default defineConfig({
  // Pages and what they load stay beside each other, also below a proxy's path.
  base: "./",
  plugins: [documents(), compressed()],
  esbuild: { jsx: "automatic", legalComments: "none" },
  // Else the folders above are searched for one.
  css: { postcss: {} },
  build: {
    target: "es2022",
    reportCompressedSize: false,
    rollupOptions: {
      input: ["index.html", "graphiql.html"],
      onwarn(warning, warn) {
        // `"use client"` says something to other frameworks only.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
    // Small files would become `data:` addresses, which the page's security policy does not let run.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor is one large part.
    chunkSizeWarningLimit: 8_000,
  },
  worker: { format: "es" },
  server: { proxy: { "/graphql": { target: server, ws: true }, "/v1": server } },
});
