import { graphql } from "relay-runtime";

export const job = graphql`
  fragment Job_job on Job {
    status
    completedAt
    error {
      message
    }
    result {
      downloadUrl
    }
  }
`;

export const anyJob = graphql`
  query JobQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...Job_job @alias
    }
  }
`;

// The event brings the job along, so what shows it changes by itself.
export const completed = graphql`
  subscription JobCompletedSubscription($after: String) {
    jobCompleted(after: $after) {
      cursor
      seq
      job {
        id
        ...Job_job
      }
    }
  }
`;
