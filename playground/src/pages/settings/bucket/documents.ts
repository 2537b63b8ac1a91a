/** The bucket, and how long things are kept. */
import { graphql } from "../../../api/generated";

export const BUCKET_TEST = graphql(`
  fragment BucketTestShown on BucketTest {
    at
    ok
    steps {
      name
      ok
      code
      message
    }
  }
`);

export const STORAGE_SETTINGS = graphql(`
  query StorageSettings {
    workspace {
      id
      bucket {
        endpoint
        name
        region
        prefix
        pathStyle
        accessKeyIdLast4
        state
        failingSince
        connectedAt
        backlog
        lastTest {
          ...BucketTestShown
        }
      }
      retention {
        resultDays
        deliveryDays
        eventDays
        scrapeLogDays
      }
    }
    bucketPresets {
      name
      title
      endpoint
      region
      pathStyle
      hint
    }
  }
`);

export const CONNECT_BUCKET = graphql(`
  mutation ConnectBucket($input: ConnectBucketInput!) {
    connectBucket(input: $input) {
      bucket {
        name
      }
      test {
        ...BucketTestShown
      }
      userErrors {
        code
        ...Refusal
      }
    }
  }
`);

export const RESUME_BUCKET = graphql(`
  mutation ResumeBucket($name: String!) {
    resumeBucket(input: { name: $name }) {
      bucket {
        state
      }
      test {
        ...BucketTestShown
      }
      userErrors {
        code
        ...Refusal
      }
    }
  }
`);

export const DISCONNECT_BUCKET = graphql(`
  mutation DisconnectBucket($name: String!) {
    disconnectBucket(input: { name: $name }) {
      disconnected
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const BACKFILL_BUCKET = graphql(`
  mutation BackfillBucket($name: String!) {
    backfillBucket(input: { name: $name }) {
      queued
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const RETENTION_EXTENT = graphql(`
  fragment RetentionExtentShown on RetentionExtent {
    count
    bytes
    oldest
    newest
  }
`);

export const SET_RETENTION = graphql(`
  mutation SetRetention($input: SetRetentionPolicyInput!) {
    setRetentionPolicy(input: $input) {
      retention {
        resultDays
        deliveryDays
        eventDays
        scrapeLogDays
      }
      preview {
        results {
          ...RetentionExtentShown
        }
        deliveries {
          ...RetentionExtentShown
        }
        events {
          ...RetentionExtentShown
        }
        scrapeLogs {
          ...RetentionExtentShown
        }
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);
