/** Datasets, keys, sources, the workspace itself, and its audit log. */
import { graphql } from "../../api/generated";

export const DATASETS = graphql(`
  query DatasetList($first: Int!, $after: String) {
    datasets(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        source
        version
        documents
        sizeBytes
        createdAt
      }
    }
  }
`);

export const DELETE_DATASET = graphql(`
  mutation DeleteDataset($name: String!) {
    deleteDataset(input: { name: $name }) {
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const API_KEYS = graphql(`
  query ApiKeys($first: Int!, $after: String) {
    apiKeys(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        scope
        last4
        createdAt
        lastUsedAt
        expiresAt
        revokedAt
      }
    }
  }
`);

export const CREATE_API_KEY = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      apiKey {
        id
      }
      secret
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const REVOKE_API_KEY = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(input: { apiKeyId: $id }) {
      apiKey {
        id
        revokedAt
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const SOURCE_SETTINGS = graphql(`
  query SourceSettings {
    sources {
      name
      title
      state
      reason
      covers
      needs
      backends
    }
  }
`);

export const WORKSPACE_SETTINGS = graphql(`
  query WorkspaceSettings {
    workspace {
      id
      name
      timezone
      keepDocuments
      webhookPublicKey
      createdAt
    }
  }
`);

export const UPDATE_WORKSPACE = graphql(`
  mutation UpdateWorkspace($input: UpdateWorkspaceInput!) {
    updateWorkspace(input: $input) {
      workspace {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const AUDIT_LOG = graphql(`
  query AuditLog($first: Int!, $after: String, $filter: AuditFilter) {
    auditLog(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        at
        apiKey {
          id
          name
        }
        operation
        objectId
        detail
      }
    }
  }
`);
