/** What the lists of questions and of their runs show. */
import { graphql } from "../../api/generated";
import type { JobStatus } from "../../api/generated/graphql";

export const JOB_ROW = graphql(`
  fragment JobRow on Job {
    id
    status
    trigger
    createdAt
    startedAt
    completedAt
    scheduledFor
    attempt
    maxAttempts
    error {
      code
      message
      retryable
    }
    sources {
      source
      status
      requests
      documents
      reason
    }
    result {
      key
      sizeBytes
    }
    query {
      id
      name
      prompt
      state
      schedule {
        nextRunAt
      }
    }
  }
`);

export const QUERIES = graphql(`
  query Queries($first: Int!, $after: String, $filter: QueryFilter) {
    queries(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        prompt
        sources
        state
        timezone
        createdAt
        schedule {
          cron
          timezone
          nextRunAt
          pausedAt
        }
        latestJob {
          ...JobRow
        }
      }
    }
  }
`);

export const JOBS = graphql(`
  query Jobs($first: Int!, $after: String, $filter: JobFilter) {
    jobs(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...JobRow
      }
    }
  }
`);

export const RUN_QUERY = graphql(`
  mutation RunQuery($queryId: ID!) {
    runQuery(input: { queryId: $queryId }) {
      job {
        ...JobRow
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const RETRY_JOB = graphql(`
  mutation RetryJob($jobId: ID!) {
    retryJob(input: { jobId: $jobId }) {
      job {
        ...JobRow
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const CANCEL_JOB = graphql(`
  mutation CancelJob($jobId: ID!) {
    cancelJob(input: { jobId: $jobId }) {
      job {
        ...JobRow
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const PAUSE_QUERY = graphql(`
  mutation PauseQuery($queryId: ID!) {
    pauseQuery(input: { queryId: $queryId }) {
      query {
        id
        state
        schedule {
          cron
          timezone
          nextRunAt
          pausedAt
        }
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const RESUME_QUERY = graphql(`
  mutation ResumeQuery($queryId: ID!) {
    resumeQuery(input: { queryId: $queryId }) {
      query {
        id
        state
        schedule {
          cron
          timezone
          nextRunAt
          pausedAt
        }
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const DELETE_QUERY = graphql(`
  mutation DeleteQuery($queryId: ID!) {
    deleteQuery(input: { queryId: $queryId }) {
      query {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

/** Whether a run has ended, which it does once: to run again is another run. */
export function isOver({ status }: { status: JobStatus }): boolean {
  return status !== "QUEUED" && status !== "RUNNING";
}
