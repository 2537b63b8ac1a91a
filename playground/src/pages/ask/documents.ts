/** What a new question needs to know before it is asked. */
import { graphql } from "../../api/generated";

export const SOURCES = graphql(`
  query SourceChoices {
    sources {
      name
      title
      state
      reason
      covers
    }
    datasets(first: 100) {
      nodes {
        source
        documents
      }
    }
    workspace {
      timezone
    }
  }
`);

export const PREVIEW = graphql(`
  query Preview($input: PreviewQueryInput!) {
    previewQuery(input: $input) {
      reading
      assumptions
      problems
      window {
        start
        end
      }
      sources {
        name
        state
      }
      userErrors {
        code
        ...Refusal
      }
    }
  }
`);

export const ESTIMATE = graphql(`
  query Estimate($input: PreviewQueryInput!) {
    previewQuery(input: $input) {
      sources {
        name
        estimate {
          posts
          maxUsd
          reason
        }
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const FIRES = graphql(`
  query Fires($schedule: ScheduleInput!) {
    previewSchedule(count: 10, schedule: $schedule)
  }
`);

export const CREATE_QUERY = graphql(`
  mutation CreateQuery($input: CreateQueryInput!) {
    createQuery(input: $input) {
      query {
        id
      }
      job {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);
