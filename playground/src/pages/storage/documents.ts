/** What the pages of Storage ask and change. */
import { graphql } from "../../api/generated";
import { changedByRuns } from "../../api/runs";

export const FILES = graphql(`
  query Storage($first: Int!, $after: String, $filter: StorageObjectFilter, $orderBy: StorageObjectOrder) {
    storageObjects(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        key
        sizeBytes
        createdAt
        expiresAt
        query {
          id
          name
          prompt
        }
        bucketDelivery {
          id
          status
        }
      }
    }
  }
`);

export const DELETE_FILES = graphql(`
  mutation DeleteStorageObjects($input: DeleteStorageObjectsInput!) {
    deleteStorageObjects(input: $input) {
      matchedCount
      deletedCount
      bytes
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const FILE = graphql(`
  query StorageFile($key: String!) {
    storageObject(key: $key) {
      id
      key
      contentType
      sizeBytes
      sha256
      createdAt
      expiresAt
      query {
        id
        name
        prompt
      }
      job {
        id
        status
      }
      bucketDelivery {
        id
        status
      }
    }
  }
`);

export const LINKS = graphql(`
  query DownloadLinks($storageKey: String!) {
    downloadLinks(first: 100, filter: { storageKey: $storageKey }) {
      totalCount
      nodes {
        id
        createdAt
        expiresAt
        revokedAt
        active
      }
    }
  }
`);

export const CREATE_LINK = graphql(`
  mutation CreateDownloadLink($storageKey: String!, $expiresInSeconds: Int!) {
    createDownloadLink(input: { storageKey: $storageKey, expiresInSeconds: $expiresInSeconds }) {
      downloadLink {
        id
        url
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

export const REVOKE_LINK = graphql(`
  mutation RevokeDownloadLink($downloadLinkId: ID!) {
    revokeDownloadLink(input: { downloadLinkId: $downloadLinkId }) {
      downloadLink {
        id
      }
      userErrors {
        ...Refusal
      }
    }
  }
`);

changedByRuns(FILES);
