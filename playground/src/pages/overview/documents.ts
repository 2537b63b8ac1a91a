/** The charts that the workspace keeps on its overview. */
import { graphql } from "../../api/generated";
import { changedByRuns } from "../../api/runs";

export const PINS = graphql(`
  query Pins {
    pins(first: 50) {
      nodes {
        id
        chart
        query {
          id
          name
          prompt
          latestResult {
            key
            createdAt
          }
        }
      }
    }
  }
`);

export const PIN_CHART = graphql(`
  mutation PinChart($queryId: ID!, $chart: PinChart!) {
    pinChart(input: { queryId: $queryId, chart: $chart }) {
      pin {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const UNPIN_CHART = graphql(`
  mutation UnpinChart($pinId: ID!) {
    unpinChart(input: { pinId: $pinId }) {
      pin {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

changedByRuns(PINS);
