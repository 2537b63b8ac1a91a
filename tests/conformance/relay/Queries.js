import { graphql } from "relay-runtime";

export const queries = graphql`
  query QueriesQuery($count: Int!, $cursor: String) {
    ...Queries_list @arguments(count: $count, cursor: $cursor)
  }
`;

// Its pages follow one another; the compiler writes the query for the next one.
export const list = graphql`
  fragment Queries_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "QueriesPageQuery") {
    queries(first: $count, after: $cursor) @connection(key: "Queries_queries") {
      totalCount
      edges {
        node {
          id
          ...SavedQuery_query
        }
      }
    }
  }
`;
