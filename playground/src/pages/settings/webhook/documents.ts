/** Registered receivers of events, and what is sent to them. */
import { graphql } from "../../../api/generated";
import { changedByRuns } from "../../../api/runs";

export const ENDPOINT = graphql(`
  fragment EndpointShown on WebhookEndpoint {
    id
    url
    events
    state
    disabledReason
    disabledAt
    ordered
    rateLimitPerSecond
    failingSince
    warning
    secretLast4
    previousSecretUntil
    createdAt
  }
`);

export const WEBHOOKS = graphql(`
  query Webhooks($first: Int!, $after: String) {
    webhookEndpoints(first: $first, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...EndpointShown
      }
    }
  }
`);

export const SIGNING_KEY = graphql(`
  query SigningKey {
    workspace {
      id
      webhookPublicKey
    }
  }
`);

export const WEBHOOK = graphql(`
  query Webhook($id: ID!) {
    node(id: $id) {
      ... on WebhookEndpoint {
        ...EndpointShown
      }
    }
  }
`);

export const CREATE_WEBHOOK = graphql(`
  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      webhookEndpoint {
        id
      }
      secret
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const UPDATE_WEBHOOK = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(input: $input) {
      webhookEndpoint {
        ...EndpointShown
      }
      userErrors {
        code
        ...Refusal
      }
    }
  }
`);

export const DELETE_WEBHOOK = graphql(`
  mutation DeleteWebhook($id: ID!) {
    deleteWebhookEndpoint(input: { webhookEndpointId: $id }) {
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const ROTATE_WEBHOOK_SECRET = graphql(`
  mutation RotateWebhookSecret($id: ID!, $overlapHours: Int) {
    rotateWebhookSecret(input: { webhookEndpointId: $id, overlapHours: $overlapHours }) {
      secret
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const ROTATE_SIGNING_SECRET = graphql(`
  mutation RotateSigningSecret($overlapHours: Int) {
    rotateSigningSecret(input: { overlapHours: $overlapHours }) {
      secret
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const TEST_WEBHOOK = graphql(`
  mutation TestWebhook($id: ID!) {
    testWebhookEndpoint(input: { webhookEndpointId: $id }) {
      delivery {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const RECOVER_DELIVERIES = graphql(`
  mutation RecoverDeliveries($id: ID!, $since: DateTime!) {
    recoverDeliveries(input: { webhookEndpointId: $id, since: $since }) {
      recovered
      hasMore
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const DELIVERY_ROW = graphql(`
  fragment DeliveryRow on Delivery {
    id
    status
    createdAt
    nextAttemptAt
    completedAt
    event {
      type
    }
  }
`);

export const ENDPOINT_DELIVERIES = graphql(`
  query EndpointDeliveries($first: Int!, $after: String, $filter: DeliveryFilter) {
    deliveries(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...DeliveryRow
        attempts {
          number
        }
      }
    }
  }
`);

export const DELIVERY_ATTEMPTS = graphql(`
  query DeliveryAttempts($id: ID!) {
    node(id: $id) {
      ... on Delivery {
        ...DeliveryRow
        target
        attempts {
          at
          number
          durationMs
          firstByteMs
          statusCode
          error
          responseExcerpt
        }
      }
    }
  }
`);

export const REDELIVER = graphql(`
  mutation Redeliver($id: ID!) {
    redeliver(input: { deliveryId: $id }) {
      delivery {
        ...DeliveryRow
        attempts {
          number
        }
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

changedByRuns(ENDPOINT_DELIVERIES);
