import { graphql } from "relay-runtime";

// A new query goes to the head of the lists that are shown.
export const ask = graphql`
  mutation AskMutation($input: CreateQueryInput!, $connections: [ID!]!) {
    createQuery(input: $input) {
      query @prependNode(connections: $connections, edgeTypeName: "SavedQueryEdge") {
        id
        prompt
        assumptions
      }
      job {
        id
        status
      }
      cursor
      userErrors {
        message
        path
        code
      }
    }
  }
`;
