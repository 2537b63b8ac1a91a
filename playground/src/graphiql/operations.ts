/** The example operations: the files of `operations/`, in the order of their names. */

/** What a tab opens with. */
export interface Operation {
  query: string;
  /** JSON text; empty for an operation without variables. */
  variables: string;
}

const documents = import.meta.glob<string>("../../operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("../../operations/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

export const operations: Operation[] = Object.entries(documents)
  .sort(([one], [other]) => one.localeCompare(other))
  .map(([file, query]) => ({
    query,
    variables: (variables[file.replace(/\.graphql$/, ".json")] ?? "").trim(),
  }));
