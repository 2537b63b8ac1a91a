import { graphql } from "relay-runtime";

// Fetched again by `node(id)`, with a connection inside that pages either way.
export const query = graphql`
  fragment SavedQuery_query on SavedQuery
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 10 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  )
  @refetchable(queryName: "SavedQueryRefetchQuery") {
    prompt
    state
    jobs(first: $first, after: $after, last: $last, before: $before) @connection(key: "SavedQuery_jobs") {
      edges {
        node {
          id
          ...Job_job
        }
      }
    }
  }
`;
