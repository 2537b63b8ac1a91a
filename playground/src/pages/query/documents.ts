/** One question: what is kept of it, and when it runs. */
import { graphql } from "../../api/generated";
import { changedByRuns } from "../../api/runs";

export const QUERY_PAGE = graphql(`
  query QueryPage($id: ID!) {
    query(id: $id) {
      id
      name
      prompt
      sources
      dateRange {
        start
        end
      }
      limit
      timezone
      state
      webhookUrl
      reading
      assumptions
      createdAt
      deletedAt
      schedule {
        cron
        timezone
        nextRunAt
        overlap
        catchUp
        onFailure
        pausedAt
        stoppedByJob {
          id
        }
      }
      latestJob {
        ...JobRow
      }
    }
  }
`);

export const SCHEDULE_QUERY = graphql(`
  mutation ScheduleQuery($queryId: ID!, $schedule: ScheduleInput!) {
    scheduleQuery(input: { queryId: $queryId, schedule: $schedule }) {
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

export const UNSCHEDULE_QUERY = graphql(`
  mutation UnscheduleQuery($queryId: ID!) {
    unscheduleQuery(input: { queryId: $queryId }) {
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

export const UPDATE_QUERY = graphql(`
  mutation UpdateQuery($input: UpdateQueryInput!) {
    updateQuery(input: $input) {
      query {
        id
        name
        prompt
        sources
        state
        timezone
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const RESULTS = graphql(`
  query Results($queryId: ID!) {
    storageObjects(first: 20, filter: { queryId: $queryId }) {
      totalCount
      nodes {
        key
        createdAt
      }
    }
  }
`);

changedByRuns(QUERY_PAGE, RESULTS);
