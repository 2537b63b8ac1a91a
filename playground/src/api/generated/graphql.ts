/* eslint-disable */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant as RFC 3339 text, in UTC. */
  DateTime: { input: string; output: string; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** Byte and document counts, which may be above 2^31: an integer, exact up to 2^53. */
  Long: { input: number; output: number; }
  /** An absolute `http` or `https` address. */
  Url: { input: string; output: string; }
};

/** A key to the workspace. Its secret is shown once, when it is made. */
export type ApiKey = Node & {
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it stops working by itself. */
  expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** `key_…` */
  id: Scalars['ID']['output'];
  /** The last characters of its secret, to tell it by. */
  last4: Scalars['String']['output'];
  /** When it was last used, to the minute. */
  lastUsedAt: Maybe<Scalars['DateTime']['output']>;
  /** What people call it. */
  name: Scalars['String']['output'];
  /** When it was revoked; it has not worked since. */
  revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** What it allows. */
  scope: Scope;
};

/** A part of a list of keys. */
export type ApiKeyConnection = {
  /** A list of edges. */
  edges: Array<ApiKeyEdge>;
  /** A list of nodes. */
  nodes: Array<ApiKey>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type ApiKeyEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: ApiKey;
};

/** One change in the workspace, written in the transaction of the change itself. */
export type AuditEntry = Node & {
  /** The key it was asked for with; null where the operator made it at the command line or by settings. */
  apiKey: Maybe<ApiKey>;
  /** When it was made. */
  at: Scalars['DateTime']['output'];
  /** What the operation was given that tells its effect; never a secret. */
  detail: Maybe<Scalars['JSON']['output']>;
  /** `aud_…` */
  id: Scalars['ID']['output'];
  /** The id of what was changed or made. */
  objectId: Maybe<Scalars['ID']['output']>;
  /**
   * What was done, named as the mutation that does it: `createQuery`. What has no mutation is
   * `uploadDataset`, `signIn`, `signOut`, `createWorkspace` or `setWorkspaceShare`.
   */
  operation: Scalars['String']['output'];
};

/** A part of the audit log. */
export type AuditEntryConnection = {
  /** A list of edges. */
  edges: Array<AuditEntryEdge>;
  /** A list of nodes. */
  nodes: Array<AuditEntry>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type AuditEntryEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: AuditEntry;
};

/** Narrows the audit log; what is not given fits all. */
export type AuditFilter = {
  /** Only what was asked for with this key. */
  apiKeyId?: InputMaybe<Scalars['ID']['input']>;
  /** Only changes of the object with this id. */
  objectId?: InputMaybe<Scalars['ID']['input']>;
  /** Only these operations, named as in `AuditEntry.operation`; any other name is refused. */
  operations?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** Which results are to be sent that were not: those that are older than the bucket's connection. */
export type BackfillBucketInput = {
  /** Only those that were stored at this instant or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only those that were stored before this instant. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** What the store calls the bucket that is connected. */
  name: Scalars['String']['input'];
  /** Only those of this query, `qry_…`. */
  queryId?: InputMaybe<Scalars['ID']['input']>;
};

/** The answer to `backfillBucket`. */
export type BackfillBucketPayload = {
  /** How many results are sent now that were not. */
  queued: Maybe<Scalars['Long']['output']>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<ConnectBucketUserError>;
};

/** A past range that a query is to run over. */
export type BackfillQueryInput = {
  /** Fires after this instant. */
  from: Scalars['DateTime']['input'];
  /** Makes a repeated request harmless for 24 hours: it is answered with what the first one made. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The query, `qry_…`; it must have a schedule. */
  queryId: Scalars['ID']['input'];
  /** Up to this one. */
  to: Scalars['DateTime']['input'];
};

/** The answer to `backfillQuery`. */
export type BackfillQueryPayload = {
  /** How many runs were made. */
  runs: Scalars['Int']['output'];
  /** What is wrong with the input; when not empty, nothing was made. */
  userErrors: Array<ScheduleUserError>;
};

/** The workspace's own bucket: every result is written to it besides being kept here. */
export type Bucket = {
  /** The end of the access key id; the secret is never shown. */
  accessKeyIdLast4: Scalars['String']['output'];
  /** How many results wait to be written to it. */
  backlog: Scalars['Long']['output'];
  /** When it was connected. */
  connectedAt: Scalars['DateTime']['output'];
  /** The address of the store. */
  endpoint: Scalars['Url']['output'];
  /** Since when it has kept failing with nothing written in between; null while all is well. */
  failingSince: Maybe<Scalars['DateTime']['output']>;
  /** What the newest test that was kept said. */
  lastTest: Maybe<BucketTest>;
  /** What the store calls the bucket. */
  name: Scalars['String']['output'];
  /** Whether the bucket's name is in the path of requests rather than in their host. */
  pathStyle: Scalars['Boolean']['output'];
  /** What the name of every object begins with: a result is `{prefix}{query id}/{time}.json`. */
  prefix: Scalars['String']['output'];
  /** The region that requests are signed for; `auto` where the store has none. */
  region: Scalars['String']['output'];
  /** Whether results are sent. */
  state: BucketState;
};

/** The bucket that is meant: saying its name, nobody takes another for it. */
export type BucketNameInput = {
  /** What the store calls the bucket that is connected. */
  name: Scalars['String']['input'];
};

/** A kind of store, and what is to be filled in to reach it. */
export type BucketPreset = {
  /** The endpoint, with what differs from user to user in angle brackets. */
  endpoint: Scalars['String']['output'];
  /** What to know when making the key. */
  hint: Scalars['String']['output'];
  /** `aws`, `r2`… */
  name: Scalars['String']['output'];
  /** Whether the bucket's name goes into the path. */
  pathStyle: Scalars['Boolean']['output'];
  /** The region, likewise. */
  region: Scalars['String']['output'];
  /** What people call it. */
  title: Scalars['String']['output'];
};

/** Whether results are sent to a bucket. */
export type BucketState =
  /** Results are sent as they come. */
  | 'ACTIVE'
  /** It failed for a day: results wait until `resumeBucket` finds it well. */
  | 'PAUSED';

/** A try to use a bucket. */
export type BucketTest = {
  /** When it was tried. */
  at: Scalars['DateTime']['output'];
  /** Whether results can be sent. */
  ok: Scalars['Boolean']['output'];
  /** What was done, in order; after a step that failed there is no other. */
  steps: Array<BucketTestStep>;
};

/** One step of a test. */
export type BucketTestStep = {
  /** Why it failed, for programs, such as `REGION_WRONG`; null when it did not. */
  code: Maybe<Scalars['String']['output']>;
  /** What is wrong and what to do, or what is to be known although it is right. */
  message: Maybe<Scalars['String']['output']>;
  /** What was done. */
  name: BucketTestStepName;
  /** Whether it worked, or need not. */
  ok: Scalars['Boolean']['output'];
};

/** What is done in a test of a bucket. */
export type BucketTestStepName =
  /** The address may be reached, and a store answers there. */
  | 'CONNECT'
  /** It is deleted; not being allowed to is right, and it is left there. */
  | 'DELETE'
  /** It is read again; not being allowed to is right. */
  | 'READ'
  /** A small object is written. */
  | 'WRITE';

/** What can be wrong with the input of `cancelJob`. */
export type CancelJobErrorCode =
  /** The job has ended already. */
  | 'JOB_HAS_ENDED'
  /** There is no such job. */
  | 'JOB_NOT_FOUND';

/** A job to call off. */
export type CancelJobInput = {
  /** The job, `job_…`. */
  jobId: Scalars['ID']['input'];
};

/** The answer to `cancelJob`. */
export type CancelJobPayload = {
  /** The job; one that was running ends within a second, and its event says so. */
  job: Maybe<Job>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<CancelJobUserError>;
};

/** One thing that is wrong with the input of `cancelJob`. */
export type CancelJobUserError = UserError & {
  /** What is wrong, for programs. */
  code: CancelJobErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What becomes of fires that were missed while no scheduler ran. */
export type CatchUpPolicy =
  /** All are made up for, oldest first. */
  | 'ALL'
  /** The newest is made up for. */
  | 'LAST'
  /** They are left out. */
  | 'NONE';

/** What can be wrong when a bucket is connected. */
export type ConnectBucketErrorCode =
  /** No bucket of this name is connected. */
  | 'BUCKET_NOT_FOUND'
  /** The endpoint is at an address that may not be reached from here. */
  | 'ENDPOINT_FORBIDDEN'
  /** A field has a form that no bucket has. */
  | 'INPUT_INVALID'
  /** The test failed; its last step says why. Give `saveUntested` to keep the bucket all the same. */
  | 'TEST_FAILED';

/** A bucket to write every result to. */
export type ConnectBucketInput = {
  /** The id of a key that may put objects there; it need not be allowed anything else. */
  accessKeyId: Scalars['String']['input'];
  /** Only try it, and save nothing. */
  dryRun?: Scalars['Boolean']['input'];
  /** The address of the store alone, such as `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: Scalars['Url']['input'];
  /** What the store calls the bucket. */
  name: Scalars['String']['input'];
  /** Whether the bucket's name goes into the path; not given: as the endpoint needs it. */
  pathStyle?: InputMaybe<Scalars['Boolean']['input']>;
  /** What the name of every object begins with; a slash is put behind it. */
  prefix?: Scalars['String']['input'];
  /** The region that requests are signed for; with `auto`, what the endpoint says. */
  region?: Scalars['String']['input'];
  /** Save it although the test fails. */
  saveUntested?: Scalars['Boolean']['input'];
  /**
   * The key's secret; it is never shown again. Not given: the one that is kept for the same endpoint and
   * key.
   */
  secretAccessKey?: InputMaybe<Scalars['String']['input']>;
};

/** The answer to `connectBucket`, and to `resumeBucket`. */
export type ConnectBucketPayload = {
  /** The bucket as it is kept; null when it was only tried, or there are user errors. */
  bucket: Maybe<Bucket>;
  /** What the test said; null when the input did not get that far. */
  test: Maybe<BucketTest>;
  /** What is wrong; when not empty, nothing was saved. */
  userErrors: Array<ConnectBucketUserError>;
};

/** One thing that is wrong with the input of `connectBucket`. */
export type ConnectBucketUserError = UserError & {
  /** What is wrong, for programs. */
  code: ConnectBucketErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What a source covered of what was asked of it. */
export type CoverageStatus =
  /** It is not configured on this server. */
  | 'AUTH_MISSING'
  /** Everything that was asked for. */
  | 'COMPLETE'
  /** It failed. */
  | 'ERROR'
  /** A part of what was asked for. */
  | 'PARTIAL'
  /** Not asked yet. */
  | 'PENDING'
  /** It refused to answer more for now. */
  | 'RATE_LIMITED'
  /** Being asked. */
  | 'RUNNING'
  /** A budget was reached; there is more. */
  | 'TRUNCATED'
  /** It cannot answer such a question. */
  | 'UNSUPPORTED';

/** What can be wrong with the input of `createApiKey`. */
export type CreateApiKeyErrorCode =
  /** The key would have expired already. */
  | 'EXPIRES_AT_INVALID'
  /** The name is empty or too long. */
  | 'NAME_INVALID';

/** A key to make. */
export type CreateApiKeyInput = {
  /** When it stops working by itself; never when not given. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** What people call it, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** What it allows. */
  scope: Scope;
};

/** The answer to `createApiKey`. */
export type CreateApiKeyPayload = {
  /** The new key; null when there are user errors. */
  apiKey: Maybe<ApiKey>;
  /** What is sent as `Authorization: Bearer …`: it is shown here and never again. */
  secret: Maybe<Scalars['String']['output']>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<CreateApiKeyUserError>;
};

/** One thing that is wrong with the input of `createApiKey`. */
export type CreateApiKeyUserError = UserError & {
  /** What is wrong, for programs. */
  code: CreateApiKeyErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `createDownloadLink`. */
export type CreateDownloadLinkErrorCode =
  /** The link would work for too long, or not at all. */
  | 'EXPIRES_IN_SECONDS_OUT_OF_RANGE'
  /** The idempotency key is empty, too long or has other characters than printable ASCII. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** There is no such result, or none yet, or no more. */
  | 'STORAGE_OBJECT_NOT_FOUND';

/** A link to make. */
export type CreateDownloadLinkInput = {
  /** How long it works, 1 to 7,776,000 seconds, which are 90 days. */
  expiresInSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** Makes a repeated request harmless for 24 hours: it is answered with the link of the first one. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The result: a storage key, `job_…`, or `qry_…` for the newest that the query has now. */
  storageKey: Scalars['String']['input'];
};

/** The answer to `createDownloadLink`. */
export type CreateDownloadLinkPayload = {
  /**
   * The new link, with its address; null when there are user errors. A repeated request is answered with
   * the link of the first, without its address.
   */
  downloadLink: Maybe<DownloadLink>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<CreateDownloadLinkUserError>;
};

/** One thing that is wrong with the input of `createDownloadLink`. */
export type CreateDownloadLinkUserError = UserError & {
  /** What is wrong, for programs. */
  code: CreateDownloadLinkErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `createQuery` or `previewQuery`. */
export type CreateQueryErrorCode =
  /** The date range is empty or lies in the future. */
  | 'DATE_RANGE_INVALID'
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The limit is not 1 to 1,000. */
  | 'LIMIT_OUT_OF_RANGE'
  /** The name is empty, too long or has control characters. */
  | 'NAME_INVALID'
  /** The output schema is no JSON Schema, or names something outside of it. */
  | 'OUTPUT_SCHEMA_INVALID'
  /** The prompt has no text. */
  | 'PROMPT_EMPTY'
  /** The prompt contains control characters. */
  | 'PROMPT_INVALID'
  /** The prompt has more than 4,000 characters. */
  | 'PROMPT_TOO_LONG'
  /** The reading does not have the form of one, or cannot be answered. */
  | 'READING_INVALID'
  /** The schedule has something wrong; the path names its field. */
  | 'SCHEDULE_INVALID'
  /** The address of a source may not be reached from this server. */
  | 'SOURCE_FORBIDDEN'
  /** None of the sources is configured on this server. */
  | 'SOURCE_NOT_CONFIGURED'
  /** Nobody knows a source of this name. */
  | 'SOURCE_UNKNOWN'
  /** Not an IANA time zone. */
  | 'TIMEZONE_UNKNOWN'
  /** More than 50 sources are given. */
  | 'TOO_MANY_SOURCES'
  /** The webhook's address is private, or not https; the operator may allow it. */
  | 'WEBHOOK_URL_FORBIDDEN'
  /** Not an address that webhooks can be sent to. */
  | 'WEBHOOK_URL_INVALID';

/** A question to save and, unless said otherwise, to run at once. */
export type CreateQueryInput = {
  /** The time asked about; it beats a time named in the prompt. */
  dateRange?: InputMaybe<DateRangeInput>;
  /** Makes a repeated request harmless for 24 hours: it is answered with what the first one made. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** How many posts the result lists, 1 to 1,000; it never caps what is counted. */
  limit?: InputMaybe<Scalars['Int']['input']>;
  /** A name to find the query by. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The form that answers are given in as well, as JSON Schema: `output` of a result is shaped by it and valid. */
  outputSchema?: InputMaybe<Scalars['JSON']['input']>;
  /** The question in plain language, at most 4,000 characters. */
  prompt: Scalars['String']['input'];
  /**
   * How the prompt is meant, as `previewQuery` shows it; edited where that is not right. The grammar reads the
   * prompt when not given.
   */
  reading?: InputMaybe<Scalars['JSON']['input']>;
  /** Whether to run at once; when not given, yes unless there is a schedule. */
  run?: InputMaybe<Scalars['Boolean']['input']>;
  /** When it runs by itself. */
  schedule?: InputMaybe<ScheduleInput>;
  /** Names of sources, such as `dataset:posts`; all that are ready when not given. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The IANA time zone that days and weeks are meant in; the workspace's when not given. */
  timezone?: InputMaybe<Scalars['String']['input']>;
  /**
   * Where the end of each of its jobs is announced: an https address that answers 2xx within 10
   * seconds. It is signed with the workspace's secret.
   */
  webhookUrl?: InputMaybe<Scalars['Url']['input']>;
};

/** The answer to `createQuery`. */
export type CreateQueryPayload = {
  /** The log before the job: with `jobCompleted(after)` no fast job is missed. */
  cursor: Maybe<Scalars['String']['output']>;
  /** Its first job; null when there are user errors or the query was not to be run. */
  job: Maybe<Job>;
  /** The saved query; null when there are user errors. */
  query: Maybe<SavedQuery>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<CreateQueryUserError>;
};

/** One thing that is wrong with the input of `createQuery` or `previewQuery`. */
export type CreateQueryUserError = UserError & {
  /** What is wrong, for programs. */
  code: CreateQueryErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** A receiver to register. */
export type CreateWebhookEndpointInput = {
  /** The types of events it gets, such as `job.completed`. */
  events: Array<Scalars['String']['input']>;
  /** Makes a repeated request harmless for 24 hours: it is answered with what the first one made. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Whether no delivery begins before the one before it has ended. */
  ordered?: Scalars['Boolean']['input'];
  /** How many deliveries may begin in a second, on each node, 1 to 1,000; no limit when not given. */
  rateLimitPerSecond?: InputMaybe<Scalars['Int']['input']>;
  /** An https address that answers 2xx within 10 seconds. */
  url: Scalars['Url']['input'];
};

/**
 * One version of a file of posts, uploaded with `PUT /v1/datasets/{name}`. It never changes; a result names
 * the version it was computed from.
 */
export type Dataset = Node & {
  /** When it was uploaded. */
  createdAt: Scalars['DateTime']['output'];
  /** How many posts it has. */
  documents: Scalars['Long']['output'];
  /** `ds_…`, of this version. */
  id: Scalars['ID']['output'];
  /** What it is called. */
  name: Scalars['String']['output'];
  /** Of those bytes, in hex. */
  sha256: Scalars['String']['output'];
  /** How many bytes its posts take as they are read, uncompressed. */
  sizeBytes: Scalars['Long']['output'];
  /** How a question names it in `sources`: `dataset:{name}`, which means its newest version. */
  source: Scalars['String']['output'];
  /** 1 for the first upload of a name, then one more each. */
  version: Scalars['Int']['output'];
};

/** A part of a list of datasets. */
export type DatasetConnection = {
  /** A list of edges. */
  edges: Array<DatasetEdge>;
  /** A list of nodes. */
  nodes: Array<Dataset>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type DatasetEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: Dataset;
};

/** A span of time: from `start` up to `end`. */
export type DateRange = {
  /** The first instant outside. */
  end: Scalars['DateTime']['output'];
  /** The first instant inside. */
  start: Scalars['DateTime']['output'];
};

/** A span of time: from `start` up to `end`. */
export type DateRangeInput = {
  /** The first instant outside; an end whose seconds are 59 includes that second. */
  end: Scalars['DateTime']['input'];
  /** The first instant inside. */
  start: Scalars['DateTime']['input'];
};

/** What can be wrong with the input of `deleteDataset`. */
export type DeleteDatasetErrorCode =
  /** There is no such dataset, or it was deleted before. */
  | 'DATASET_NOT_FOUND';

/** A dataset that is meant. */
export type DeleteDatasetInput = {
  /** Its name, without `dataset:`. */
  name: Scalars['String']['input'];
};

/** The answer to `deleteDataset`. */
export type DeleteDatasetPayload = {
  /** The newest version as it was; null when there are user errors. */
  dataset: Maybe<Dataset>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<DeleteDatasetUserError>;
};

/** One thing that is wrong with the input of `deleteDataset`. */
export type DeleteDatasetUserError = UserError & {
  /** What is wrong, for programs. */
  code: DeleteDatasetErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `deleteQuery`. */
export type DeleteQueryErrorCode =
  /** There is no such query, or it was deleted before. */
  | 'QUERY_NOT_FOUND';

/** The answer to `deleteQuery`. */
export type DeleteQueryPayload = {
  /** The query, deleted now; null when there are user errors. */
  query: Maybe<SavedQuery>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<DeleteQueryUserError>;
};

/** One thing that is wrong with the input of `deleteQuery`. */
export type DeleteQueryUserError = UserError & {
  /** What is wrong, for programs. */
  code: DeleteQueryErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `deleteStorageObjects`. */
export type DeleteStorageObjectsErrorCode =
  /** Nothing is given in the filter. */
  | 'FILTER_EMPTY'
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** There are no keys, or more than 100. */
  | 'KEY_COUNT_INVALID'
  /** One of the keys is a query's id, which means another result each time. */
  | 'KEY_IS_QUERY'
  /** Neither `keys` nor `filter` is given, or both are. */
  | 'SELECTION_INVALID';

/** Results to delete: either `keys` or `filter`. */
export type DeleteStorageObjectsInput = {
  /** Only count them. */
  dryRun?: Scalars['Boolean']['input'];
  /** All results that fit and were stored by now; something must be given in it. */
  filter?: InputMaybe<StorageObjectFilter>;
  /** Makes a repeated request harmless for 24 hours: it deletes nothing more. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Storage keys, or ids of results or of their jobs; at most 100. What is not there is left out. */
  keys?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** The answer to `deleteStorageObjects`. */
export type DeleteStorageObjectsPayload = {
  /** How many bytes those have. */
  bytes: Scalars['Long']['output'];
  /** How many results are deleted by now; none by a `dryRun`. */
  deletedCount: Scalars['Long']['output'];
  /** How many there were to delete. Those that are not deleted by now go soon. */
  matchedCount: Scalars['Long']['output'];
  /** The ids of the results that this request deleted, `obj_…`; at most 1,000. */
  storageObjectIds: Array<Scalars['ID']['output']>;
  /** What is wrong with the input; when not empty, nothing was deleted. */
  userErrors: Array<DeleteStorageObjectsUserError>;
};

/** One thing that is wrong with the input of `deleteStorageObjects`. */
export type DeleteStorageObjectsUserError = UserError & {
  /** What is wrong, for programs. */
  code: DeleteStorageObjectsErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/**
 * One event on its way to one receiver: brought there at least once, under the same id and with the
 * same bytes each time.
 */
export type Delivery = Node & {
  /** Every attempt so far, in the order they were made. */
  attempts: Array<DeliveryAttempt>;
  /** When it was acknowledged or given up. */
  completedAt: Maybe<Scalars['DateTime']['output']>;
  /** When its event happened. */
  createdAt: Scalars['DateTime']['output'];
  /**
   * The event; its payload is what is sent, byte for byte. Null for a test, which is not in the log, and for a
   * result.
   */
  event: Maybe<Event>;
  /** `dlv_…` */
  id: Scalars['ID']['output'];
  /** The job whose end the event tells of, if it tells of one. */
  job: Maybe<Job>;
  /** What is delivered where. */
  kind: DeliveryKind;
  /** About when it is tried next; only while pending. */
  nextAttemptAt: Maybe<Scalars['DateTime']['output']>;
  /** Where it stands. */
  status: DeliveryStatus;
  /** The result that is written to the bucket, unless it was deleted since; null for webhooks. */
  storageObject: Maybe<StorageObject>;
  /** The address it goes to. */
  target: Scalars['String']['output'];
  /**
   * The registered receiver it goes to, unless that was deleted; needs a key with scope `admin`, and is null
   * for others. Null for what goes to a query's own address.
   */
  webhookEndpoint: Maybe<WebhookEndpoint>;
};

/** One try to bring a delivery to its target. */
export type DeliveryAttempt = {
  /** When it began. */
  at: Scalars['DateTime']['output'];
  /** How long it took, in milliseconds. */
  durationMs: Scalars['Int']['output'];
  /** Why it does not count as acknowledged. */
  error: Maybe<Scalars['String']['output']>;
  /** How long it took until the answer began, in milliseconds. */
  firstByteMs: Maybe<Scalars['Int']['output']>;
  /** From 1; a number that is missing is a try whose worker was lost. */
  number: Scalars['Int']['output'];
  /** The beginning of what the receiver answered. */
  responseExcerpt: Maybe<Scalars['String']['output']>;
  /** What the receiver answered, when it answered. */
  statusCode: Maybe<Scalars['Int']['output']>;
};

/** A part of a list of deliveries. */
export type DeliveryConnection = {
  /** A list of edges. */
  edges: Array<DeliveryEdge>;
  /** A list of nodes. */
  nodes: Array<Delivery>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type DeliveryEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: Delivery;
};

/** Narrows a list of deliveries; what is not given fits all. */
export type DeliveryFilter = {
  /** Only deliveries of events after this instant. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only deliveries of events before this instant. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only deliveries of this job's events. */
  jobId?: InputMaybe<Scalars['ID']['input']>;
  /** Only deliveries of this kind. */
  kind?: InputMaybe<DeliveryKind>;
  /** Only deliveries of this query's events. */
  queryId?: InputMaybe<Scalars['ID']['input']>;
  /** Only deliveries in one of these states. */
  statuses?: InputMaybe<Array<DeliveryStatus>>;
  /** Only deliveries to this registered receiver. */
  webhookEndpointId?: InputMaybe<Scalars['ID']['input']>;
};

/** What is delivered where. */
export type DeliveryKind =
  /** A result to the workspace's bucket. */
  | 'BUCKET'
  /** An event to a webhook's address. */
  | 'WEBHOOK';

/** Where a delivery stands; all but the first are final, until it is asked for again. */
export type DeliveryStatus =
  /** The receiver said it is gone, or all attempts are used up. */
  | 'FAILED'
  /** Another attempt is to come. */
  | 'PENDING'
  /** It was not sent, as its endpoint was disabled or deleted; `recoverDeliveries` sends it. */
  | 'SKIPPED'
  /** The receiver has acknowledged it. */
  | 'SUCCEEDED';

/** The answer to `disconnectBucket`. */
export type DisconnectBucketPayload = {
  /** Whether it is disconnected. What lies in it stays there. */
  disconnected: Scalars['Boolean']['output'];
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<ConnectBucketUserError>;
};

/** A link by which anybody downloads one result, without a key, until it expires or is revoked. */
export type DownloadLink = Node & {
  /** Whether it works now. */
  active: Scalars['Boolean']['output'];
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it stops working by itself. */
  expiresAt: Scalars['DateTime']['output'];
  /** `lnk_…` */
  id: Scalars['ID']['output'];
  /** When it was revoked; it has not worked since. */
  revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** The key of the result that it leads to. */
  storageKey: Scalars['String']['output'];
  /** The result that it leads to; null once that is deleted, and the link leads nowhere. */
  storageObject: Maybe<StorageObject>;
  /** Its address, in the answer that made it and never again: whoever has it has the result. */
  url: Maybe<Scalars['Url']['output']>;
};

/** A part of a list of links. */
export type DownloadLinkConnection = {
  /** A list of edges. */
  edges: Array<DownloadLinkEdge>;
  /** A list of nodes. */
  nodes: Array<DownloadLink>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type DownloadLinkEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: DownloadLink;
};

/** Narrows a list of links; what is not given fits all. */
export type DownloadLinkFilter = {
  /** Only links to the result with this key. */
  storageKey?: InputMaybe<Scalars['String']['input']>;
};

/** What becomes of a fire at a time that the clock shows twice when it is set back. */
export type DstFold =
  /** It is made both times. */
  | 'BOTH'
  /** It is made the first time. */
  | 'FIRST'
  /** It is made the second time. */
  | 'LAST';

/** What becomes of a fire at a time that the clock leaves out when it is set forward. */
export type DstGap =
  /** It is later by as much as the clock is set forward. */
  | 'SHIFT'
  /** It is left out. */
  | 'SKIP';

/** Whether an endpoint gets what it is registered for. */
export type EndpointState =
  /** Nothing is sent to it; its events are kept as skipped deliveries. */
  | 'DISABLED'
  /** It does. */
  | 'ENABLED';

/** A fact in the workspace's log, numbered without a gap. */
export type Event = Node & {
  /** The place just behind it in the log. */
  cursor: Scalars['String']['output'];
  /** `evt_…` */
  id: Scalars['ID']['output'];
  /** When it happened. */
  occurredAt: Scalars['DateTime']['output'];
  /** The facts; of `job.completed`, the body that webhooks get. */
  payload: Scalars['JSON']['output'];
  /** Its number in the workspace's log: each one more than the one before. */
  seq: Scalars['Long']['output'];
  /** What happened, such as `job.completed`. */
  type: Scalars['String']['output'];
};

/** A part of the log. */
export type EventConnection = {
  /** A list of edges. */
  edges: Array<EventEdge>;
  /** A list of nodes. */
  nodes: Array<Event>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
};

/** An edge in a connection. */
export type EventEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: Event;
};

/** What becomes of a schedule when a run of it fails. */
export type FailurePolicy =
  /** It goes on. */
  | 'CONTINUE'
  /** It stops until it is resumed. */
  | 'STOP';

/** One run of a query. */
export type Job = Node & {
  /** How often it was started. */
  attempt: Scalars['Int']['output'];
  /** When it ended. */
  completedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Where its end is announced, newest first. */
  deliveries: Maybe<DeliveryConnection>;
  /** Why it failed. */
  error: Maybe<JobError>;
  /** `job_…` */
  id: Scalars['ID']['output'];
  /** How often it is started at most. */
  maxAttempts: Scalars['Int']['output'];
  /** The query it is a run of. */
  query: Maybe<SavedQuery>;
  /** The instant that windows such as "the last 7 days" end at, the same for every attempt. */
  referenceTime: Scalars['DateTime']['output'];
  /** Its result, once completed and until deleted. */
  result: Maybe<StorageObject>;
  /** The fire time of its schedule. */
  scheduledFor: Maybe<Scalars['DateTime']['output']>;
  /** What its sources were asked and answered, newest first, as long as it is kept (`scrapeLogDays`). */
  scrapeLogs: Maybe<ScrapeLogConnection>;
  /** What each source gave; while it runs, as of the last second or two. */
  sources: Array<SourceProgress>;
  /** When its latest attempt began. */
  startedAt: Maybe<Scalars['DateTime']['output']>;
  /** Where it stands. */
  status: JobStatus;
  /** Why it exists. */
  trigger: JobTrigger;
};


/** One run of a query. */
export type JobDeliveriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** One run of a query. */
export type JobScrapeLogsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  source?: InputMaybe<Scalars['String']['input']>;
};

/** A job has ended. The scalars are the event's own; the objects may have been deleted since. */
export type JobCompletedEvent = {
  /** When the job ended. */
  completedAt: Scalars['DateTime']['output'];
  /** The place just behind this event: resume with `after`. */
  cursor: Scalars['String']['output'];
  /** `job.completed`, whatever the status. */
  event: Scalars['String']['output'];
  /** `evt_…` */
  id: Scalars['ID']['output'];
  /** The job, unless deleted since. */
  job: Maybe<Job>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** The query, unless deleted since. */
  query: Maybe<SavedQuery>;
  /** The query the job is a run of. */
  queryId: Scalars['ID']['output'];
  /** Where the result is downloaded, with the API key; null unless completed. */
  resultUrl: Maybe<Scalars['Url']['output']>;
  /** Its number in the workspace's log. */
  seq: Scalars['Long']['output'];
  /** How the job ended. */
  status: JobStatus;
  /** The key of the result; null unless completed. */
  storageKey: Maybe<Scalars['String']['output']>;
  /** The result, unless deleted since. */
  storageObject: Maybe<StorageObject>;
};

/** A part of a list of jobs. */
export type JobConnection = {
  /** A list of edges. */
  edges: Array<JobEdge>;
  /** A list of nodes. */
  nodes: Array<Job>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type JobEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: Job;
};

/** Why a job failed. */
export type JobError = {
  /** Stable and in capitals, for programs. */
  code: Scalars['String']['output'];
  /** What happened and what to do, for people. */
  message: Scalars['String']['output'];
  /** Whether the same question may succeed later. */
  retryable: Scalars['Boolean']['output'];
};

/** Narrows a list of jobs; what is not given fits all. */
export type JobFilter = {
  /** Only jobs made after this instant. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only jobs made before this instant. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only jobs of this query. */
  queryId?: InputMaybe<Scalars['ID']['input']>;
  /** Only jobs in one of these states. */
  statuses?: InputMaybe<Array<JobStatus>>;
  /** Only jobs that exist for one of these reasons. */
  triggers?: InputMaybe<Array<JobTrigger>>;
};

/** How jobs are ordered. */
export type JobOrder = {
  /** Which way. */
  direction: OrderDirection;
  /** By what. */
  field: JobOrderField;
};

/** What jobs are ordered by. */
export type JobOrderField =
  /** When they were made. */
  | 'CREATED_AT';

/** Queued, then running, then one of the other three, which are final. */
export type JobStatus =
  /** It was called off. */
  | 'CANCELLED'
  /** It ended with a result. */
  | 'COMPLETED'
  /** It ended without one; `error` says why. */
  | 'FAILED'
  /** It waits to be started. */
  | 'QUEUED'
  /** It is being worked on. */
  | 'RUNNING';

/** Why a job exists. */
export type JobTrigger =
  /** One of the runs over a past range. */
  | 'BACKFILL'
  /** A later run asked for by hand. */
  | 'MANUAL'
  /** Another run of a job that had ended, for the same instant. */
  | 'RETRY'
  /** Made by the query's schedule. */
  | 'SCHEDULED'
  /** Made together with its query. */
  | 'SUBMITTED';

/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type Mutation = {
  /**
   * Sends results that are older than the bucket's connection; those that lie there or are on their way are
   * left out. Needs a key with scope `admin`.
   */
  backfillBucket: BackfillBucketPayload;
  /**
   * Runs a query for each fire of its schedule in a past range, at most 1,000, when nothing else is to
   * be done.
   */
  backfillQuery: BackfillQueryPayload;
  /** Calls a job off. One that waits has ended when this answers, one that runs within a second. */
  cancelJob: CancelJobPayload;
  /**
   * Tries a bucket and, when the test passes, writes every result to it from now on. Needs a key with
   * scope `admin`.
   */
  connectBucket: ConnectBucketPayload;
  /** Makes a key to the workspace; needs a key with scope `admin`. */
  createApiKey: CreateApiKeyPayload;
  /** Makes a link by which anybody downloads one result, without a key, until it expires or is revoked. */
  createDownloadLink: CreateDownloadLinkPayload;
  /** Saves a question and, unless `run` is false, runs it at once. */
  createQuery: CreateQueryPayload;
  /** Registers a receiver of events; needs a key with scope `admin`. It gets what happens from now on. */
  createWebhookEndpoint: WebhookSecretPayload;
  /**
   * Deletes a dataset with all its versions. Results that were computed from it stay; queries that name
   * it say in their next result that it is not there.
   */
  deleteDataset: DeleteDatasetPayload;
  /**
   * Deletes a query, its schedule and its pins, and calls off its jobs that have not ended. Its results, jobs
   * and events stay, and it can still be seen by its id.
   */
  deleteQuery: DeleteQueryPayload;
  /**
   * Deletes results for good: downloads answer 404 from now on, and an event `storage.deleted` tells of
   * each. More than 1,000 are not all gone when this answers; the rest goes soon after, also if the
   * service is restarted. Their jobs and events stay.
   */
  deleteStorageObjects: DeleteStorageObjectsPayload;
  /** Deletes a registered receiver; needs a key with scope `admin`. What waits for it is not sent any more. */
  deleteWebhookEndpoint: WebhookEndpointPayload;
  /** Forgets the bucket and the key to it; what lies in it stays. Needs a key with scope `admin`. */
  disconnectBucket: DisconnectBucketPayload;
  /** Stops a query's schedule until it is resumed; what would fire meanwhile is left out. */
  pauseQuery: ScheduleQueryPayload;
  /** Keeps a chart of a query on the workspace's overview; what is there already stays as it is. */
  pinChart: PinChartPayload;
  /**
   * Sends what failed or was skipped for a registered receiver since an instant, the oldest first, at most
   * 1,000; needs a key with scope `admin`.
   */
  recoverDeliveries: RecoverDeliveriesPayload;
  /**
   * Begins a new round of attempts of a delivery that has ended: the same event, id and bytes; needs a key
   * with scope `admin`.
   */
  redeliver: RedeliverPayload;
  /**
   * Tries the bucket that is connected and, when the test passes, sends what waits for it. Needs a key
   * with scope `admin`.
   */
  resumeBucket: ConnectBucketPayload;
  /** Lets a query's schedule go on that was paused, or that a failed run had stopped. */
  resumeQuery: ScheduleQueryPayload;
  /**
   * Runs the query of a job that has ended once more, for the same instant: its windows are those of
   * the first run.
   */
  retryJob: RetryJobPayload;
  /**
   * Lets a key work no longer: requests are refused at once, sockets and streams within seconds. Needs
   * a key with scope `admin`.
   */
  revokeApiKey: RevokeApiKeyPayload;
  /** Lets a link work no longer, at once; downloads that have begun go on. */
  revokeDownloadLink: RevokeDownloadLinkPayload;
  /**
   * Gives the workspace another secret, which signs what goes to the addresses of its queries; needs a key
   * with scope `admin`. Meanwhile both sign.
   */
  rotateSigningSecret: RotateSigningSecretPayload;
  /** Gives a registered receiver another secret; needs a key with scope `admin`. Meanwhile both sign. */
  rotateWebhookSecret: WebhookSecretPayload;
  /** Runs a saved query now, whatever its schedule says. */
  runQuery: RunQueryPayload;
  /** Lets a query run by itself; it begins with the next fire. */
  scheduleQuery: ScheduleQueryPayload;
  /**
   * Sets how long the workspace keeps its results, deliveries and events; needs a key with scope `admin`.
   * What is due then goes within minutes, results with an event `storage.deleted` each. With `dryRun`
   * nothing is set, and the answer says what would be deleted.
   */
  setRetentionPolicy: SetRetentionPolicyPayload;
  /**
   * Sends a test to a registered receiver, once, also to one that is disabled; needs a key with scope
   * `admin`. Its event is not in the log.
   */
  testWebhookEndpoint: TestWebhookEndpointPayload;
  /** Takes a chart off the workspace's overview. */
  unpinChart: UnpinChartPayload;
  /** Takes a query's schedule away; runs that were made stay. */
  unscheduleQuery: ScheduleQueryPayload;
  /**
   * Changes a saved question; its prompt is read anew where its meaning may have changed. A job that runs keeps
   * what it began with, one that waits is of the query as it is when it starts.
   */
  updateQuery: UpdateQueryPayload;
  /** Changes a registered receiver; needs a key with scope `admin`. */
  updateWebhookEndpoint: WebhookEndpointPayload;
  /**
   * Changes the workspace's name, or the time zone that questions are meant in unless they say
   * otherwise; needs a key with scope `admin`. Queries that are saved keep the zone they were asked in.
   */
  updateWorkspace: UpdateWorkspacePayload;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationBackfillBucketArgs = {
  input: BackfillBucketInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationBackfillQueryArgs = {
  input: BackfillQueryInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationCancelJobArgs = {
  input: CancelJobInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationConnectBucketArgs = {
  input: ConnectBucketInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationCreateDownloadLinkArgs = {
  input: CreateDownloadLinkInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationCreateQueryArgs = {
  input: CreateQueryInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationCreateWebhookEndpointArgs = {
  input: CreateWebhookEndpointInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationDeleteDatasetArgs = {
  input: DeleteDatasetInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationDeleteQueryArgs = {
  input: QueryIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationDeleteStorageObjectsArgs = {
  input: DeleteStorageObjectsInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationDeleteWebhookEndpointArgs = {
  input: WebhookEndpointIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationDisconnectBucketArgs = {
  input: BucketNameInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationPauseQueryArgs = {
  input: QueryIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationPinChartArgs = {
  input: PinChartInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRecoverDeliveriesArgs = {
  input: RecoverDeliveriesInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRedeliverArgs = {
  input: RedeliverInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationResumeBucketArgs = {
  input: BucketNameInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationResumeQueryArgs = {
  input: QueryIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRetryJobArgs = {
  input: RetryJobInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRevokeApiKeyArgs = {
  input: RevokeApiKeyInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRevokeDownloadLinkArgs = {
  input: RevokeDownloadLinkInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRotateSigningSecretArgs = {
  input: RotateSigningSecretInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRotateWebhookSecretArgs = {
  input: RotateWebhookSecretInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationRunQueryArgs = {
  input: RunQueryInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationScheduleQueryArgs = {
  input: ScheduleQueryInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationSetRetentionPolicyArgs = {
  input: SetRetentionPolicyInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationTestWebhookEndpointArgs = {
  input: WebhookEndpointIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationUnpinChartArgs = {
  input: UnpinChartInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationUnscheduleQueryArgs = {
  input: QueryIdInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationUpdateQueryArgs = {
  input: UpdateQueryInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationUpdateWebhookEndpointArgs = {
  input: UpdateWebhookEndpointInput;
};


/** Everything that changes something; needs a key with scope `write`, unless it says otherwise. */
export type MutationUpdateWorkspaceArgs = {
  input: UpdateWorkspaceInput;
};

/** An object with an id that is unique in the whole service. */
export type Node = {
  /** A prefix that tells the kind, and 26 characters. */
  id: Scalars['ID']['output'];
};

/** Which way a list is ordered. */
export type OrderDirection =
  /** The least first: the oldest, the smallest, A. */
  | 'ASC'
  /** The greatest first: the newest, the largest, Z. */
  | 'DESC';

/** What becomes of a fire while a run of the query has not ended. */
export type OverlapPolicy =
  /** It starts beside them. */
  | 'ALLOW_ALL'
  /** It waits for all before it to end. */
  | 'BUFFER_ALL'
  /** It waits for the run to end; while one waits, others are left out. */
  | 'BUFFER_ONE'
  /** The runs are called off, and it starts when they have ended. */
  | 'CANCEL_OTHER'
  /** It is left out. */
  | 'SKIP';

/** Information about pagination in a connection */
export type PageInfo = {
  /** When paginating forwards, the cursor to continue. */
  endCursor: Maybe<Scalars['String']['output']>;
  /** When paginating forwards, are there more items? */
  hasNextPage: Scalars['Boolean']['output'];
  /** When paginating backwards, are there more items? */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** When paginating backwards, the cursor to continue. */
  startCursor: Maybe<Scalars['String']['output']>;
};

/** A chart of a query that the workspace keeps on its overview, until it is unpinned or the query is deleted. */
export type Pin = Node & {
  /** What of them is shown. */
  chart: PinChart;
  /** When it was pinned. */
  createdAt: Scalars['DateTime']['output'];
  /** `pin_…` */
  id: Scalars['ID']['output'];
  /** The query whose results are shown. */
  query: Maybe<SavedQuery>;
};

/** What of a query's results a pin shows. */
export type PinChart =
  /** The figures of the newest result. */
  | 'FIGURES'
  /** The figures of result after result. */
  | 'HISTORY'
  /** How the posts feel. */
  | 'SENTIMENT'
  /** Which part of all mentions each of those compared has. */
  | 'SHARE_OF_VOICE'
  /** What each source gave. */
  | 'SOURCES'
  /** How many posts there were over time. */
  | 'TREND';

/** What can be wrong with the input of `pinChart`. */
export type PinChartErrorCode =
  /** There is no such query, or it was deleted. */
  | 'QUERY_NOT_FOUND'
  /** The workspace has as many pins as it may. */
  | 'TOO_MANY_PINS';

/** A chart to pin. */
export type PinChartInput = {
  /** What of its results is to be shown. */
  chart: PinChart;
  /** The query, `qry_…`. */
  queryId: Scalars['ID']['input'];
};

/** The answer to `pinChart`. */
export type PinChartPayload = {
  /** The pin, made now or before; null when there are user errors. */
  pin: Maybe<Pin>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<PinChartUserError>;
};

/** One thing that is wrong with the input of `pinChart`. */
export type PinChartUserError = UserError & {
  /** What is wrong, for programs. */
  code: PinChartErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** A part of a list of pins. */
export type PinConnection = {
  /** A list of edges. */
  edges: Array<PinEdge>;
  /** A list of nodes. */
  nodes: Array<Pin>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type PinEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: Pin;
};

/** A question to look at before it is asked. */
export type PreviewQueryInput = {
  /** The time asked about; it beats a time named in the prompt. */
  dateRange?: InputMaybe<DateRangeInput>;
  /** How many posts the result would list, 1 to 1,000. */
  limit?: InputMaybe<Scalars['Int']['input']>;
  /** The form that answers would be given in as well, as JSON Schema. */
  outputSchema?: InputMaybe<Scalars['JSON']['input']>;
  /** The question in plain language, at most 4,000 characters. */
  prompt: Scalars['String']['input'];
  /**
   * How the prompt is meant, as `previewQuery` shows it; edited where that is not right. The grammar reads the
   * prompt when not given.
   */
  reading?: InputMaybe<Scalars['JSON']['input']>;
  /** Names of sources, such as `dataset:posts`; all that are ready when not given. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The IANA time zone that days and weeks are meant in; the workspace's when not given. */
  timezone?: InputMaybe<Scalars['String']['input']>;
};

/** A source that would be asked. */
export type PreviewSource = {
  /**
   * What the question would find and cost there; null where the platform cannot be asked that. X is asked when
   * this is selected, for half a cent or one, so it takes a key that may ask questions.
   */
  estimate: Maybe<SourceEstimate>;
  /** Its name, as in `sources` of a query. */
  name: Scalars['String']['output'];
  /** Whether it answers on this server. */
  state: SourceState;
};

/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type Query = {
  /** The workspace's keys, newest first, revoked ones as well; needs a key with scope `admin`. */
  apiKeys: Maybe<ApiKeyConnection>;
  /** Who changed what in the workspace, newest first; needs a key with scope `admin`. */
  auditLog: Maybe<AuditEntryConnection>;
  /** Kinds of stores that a bucket can be in, and what to fill in for each; others that speak S3 work too. */
  bucketPresets: Array<BucketPreset>;
  /** The workspace's datasets, each in its newest version, the last uploaded first. */
  datasets: Maybe<DatasetConnection>;
  /** Events on their way to receivers, newest first. */
  deliveries: Maybe<DeliveryConnection>;
  /** Links to results, newest first, those that stopped working as well. */
  downloadLinks: Maybe<DownloadLinkConnection>;
  /**
   * The workspace's log, oldest first. A cursor of an event, of a created query or of a
   * subscription is a place in it.
   */
  events: Maybe<EventConnection>;
  /** A job. */
  job: Maybe<Job>;
  /** The workspace's jobs; without `orderBy` the newest first. */
  jobs: Maybe<JobConnection>;
  /** The object with this id, of any kind. */
  node: Maybe<Node>;
  /** The objects with these ids, at most 100, in the same order; null where there is none. */
  nodes: Array<Maybe<Node>>;
  /** The charts that the workspace keeps on its overview, oldest first. */
  pins: Maybe<PinConnection>;
  /** How a question would be read and which sources would answer it; nothing is stored or run. */
  previewQuery: Maybe<QueryPreview>;
  /** The next fires of a schedule, were it given now. */
  previewSchedule: Array<Scalars['DateTime']['output']>;
  /** The workspace's queries; without `orderBy` the newest first. */
  queries: Maybe<SavedQueryConnection>;
  /** A saved query. */
  query: Maybe<SavedQuery>;
  /** What the caller's key may spend; null where there is no limit. */
  rateLimit: Maybe<RateLimit>;
  /** All sources a question may name, and whether they answer on this server. */
  sources: Array<Source>;
  /** A stored result, by storage key, by query id (its latest result) or by job id. */
  storageObject: Maybe<StorageObject>;
  /** The workspace's stored results; without `orderBy` in the order of their jobs, the newest first. */
  storageObjects: Maybe<StorageObjectConnection>;
  /** The workspace's registered receivers of events, newest first; needs a key with scope `admin`. */
  webhookEndpoints: Maybe<WebhookEndpointConnection>;
  /** The workspace of the caller's key. */
  workspace: Maybe<Workspace>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryApiKeysArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryAuditLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryDatasetsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryDeliveriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeliveryFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryDownloadLinksArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DownloadLinkFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  types?: InputMaybe<Array<Scalars['String']['input']>>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<JobOrder>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryPinsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryPreviewQueryArgs = {
  input: PreviewQueryInput;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryPreviewScheduleArgs = {
  count?: Scalars['Int']['input'];
  schedule: ScheduleInput;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryQueriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<QueryFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<QueryOrder>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryQueryArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryStorageObjectArgs = {
  key: Scalars['String']['input'];
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryStorageObjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<StorageObjectFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<StorageObjectOrder>;
};


/**
 * Everything that can be read; needs a key with scope `read`, unless it says
 * otherwise.
 */
export type QueryWebhookEndpointsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** Narrows a list of queries; what is not given fits all. */
export type QueryFilter = {
  /** Only queries saved after this instant. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only queries saved before this instant. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only queries that run by themselves, or only those that do not. */
  scheduled?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only queries with this in their name or prompt; A to Z fit in either case. */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Only queries that name one of these sources. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A query that is meant. */
export type QueryIdInput = {
  /** The query, `qry_…`. */
  queryId: Scalars['ID']['input'];
};

/** How queries are ordered; equal ones by their ids. */
export type QueryOrder = {
  /** Which way. */
  direction: OrderDirection;
  /** By what. */
  field: QueryOrderField;
};

/** What queries are ordered by. */
export type QueryOrderField =
  /** When they were saved. */
  | 'CREATED_AT'
  /** Their names, by code points; those without one are before all others. */
  | 'NAME'
  /** When they were last changed. */
  | 'UPDATED_AT';

/** What would become of a question, were it asked now. Nothing is stored or run. */
export type QueryPreview = {
  /** Choices made where the prompt leaves them open. */
  assumptions: Array<Scalars['String']['output']>;
  /** Why it could not be answered as it is read: a job of it would fail. */
  problems: Array<Scalars['String']['output']>;
  /** How the prompt is understood; null when there are user errors. */
  reading: Maybe<Scalars['JSON']['output']>;
  /** The sources that would be asked. */
  sources: Array<PreviewSource>;
  /** What is wrong with the input. */
  userErrors: Array<CreateQueryUserError>;
  /** The time that would be looked at; null when that cannot be. */
  window: Maybe<DateRange>;
};

/** Where a query stands: derived from its schedule and its jobs. */
export type QueryState =
  /** It can run. */
  | 'ACTIVE'
  /** Its schedule stopped after a failed run, until it is resumed. */
  | 'FAILED'
  /** Its schedule is paused. */
  | 'PAUSED'
  /** A job of it runs. */
  | 'RUNNING';

/** What the caller's key may spend on operations, in points of `extensions.cost`. */
export type RateLimit = {
  /** What this operation costs. */
  cost: Scalars['Long']['output'];
  /** The most it can have. */
  limit: Scalars['Long']['output'];
  /** What is left of it. */
  remaining: Scalars['Long']['output'];
  /** When it has the most again, if nothing is spent. */
  resetAt: Scalars['DateTime']['output'];
};

/** What is to be sent that a receiver has missed. */
export type RecoverDeliveriesInput = {
  /** Events since this instant. */
  since: Scalars['DateTime']['input'];
  /** The endpoint, `wh_…`. */
  webhookEndpointId: Scalars['ID']['input'];
};

/** The answer to `recoverDeliveries`. */
export type RecoverDeliveriesPayload = {
  /** Whether there are more than one request recovers: ask again. */
  hasMore: Scalars['Boolean']['output'];
  /** How many are on their way again, the oldest first. */
  recovered: Scalars['Int']['output'];
  /** What is wrong with the input; when not empty, nothing is sent. */
  userErrors: Array<RedeliverUserError>;
};

/** What can be wrong with the input of `redeliver` and `recoverDeliveries`. */
export type RedeliverErrorCode =
  /** There is no such delivery. */
  | 'DELIVERY_NOT_FOUND'
  /** The delivery has not ended. */
  | 'DELIVERY_PENDING'
  /** Its endpoint is disabled or deleted. */
  | 'WEBHOOK_ENDPOINT_DISABLED'
  /** There is no such endpoint. */
  | 'WEBHOOK_ENDPOINT_NOT_FOUND';

/** A delivery to send again. */
export type RedeliverInput = {
  /** The delivery, `dlv_…`; it has ended. */
  deliveryId: Scalars['ID']['input'];
};

/** The answer to `redeliver`. */
export type RedeliverPayload = {
  /** The delivery, on its way again; null when there are user errors. */
  delivery: Maybe<Delivery>;
  /** What is wrong with the input; when not empty, nothing is sent. */
  userErrors: Array<RedeliverUserError>;
};

/** One thing that is wrong with the input of `redeliver`. */
export type RedeliverUserError = UserError & {
  /** What is wrong, for programs. */
  code: RedeliverErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** Things of one kind that are due to be deleted. */
export type RetentionExtent = {
  /** How many bytes they have; counted for results alone. */
  bytes: Scalars['Long']['output'];
  /** How many there are. */
  count: Scalars['Long']['output'];
  /** The same of the newest. */
  newest: Maybe<Scalars['DateTime']['output']>;
  /** When the oldest of them was made, or a delivery ended; null when there is none. */
  oldest: Maybe<Scalars['DateTime']['output']>;
};

/** For how many days things are kept. */
export type RetentionPolicy = {
  /** Deliveries that have ended, with their attempts; null keeps them as long as their events. */
  deliveryDays: Maybe<Scalars['Int']['output']>;
  /** Events; null keeps them as long as the operator has set for all workspaces. */
  eventDays: Maybe<Scalars['Int']['output']>;
  /** Results; null keeps them until somebody deletes them. */
  resultDays: Maybe<Scalars['Int']['output']>;
  /** Raw exchanges with sources. */
  scrapeLogDays: Scalars['Int']['output'];
};

/** What a policy would delete if it were applied now. */
export type RetentionPreview = {
  /** Deliveries that have ended, by `deliveryDays`; others go with their events. */
  deliveries: RetentionExtent;
  /** Events, by `eventDays`; one that is still to be delivered stays, and all behind it. */
  events: RetentionExtent;
  /** Results. */
  results: RetentionExtent;
  /** Raw exchanges with sources, by `scrapeLogDays`. */
  scrapeLogs: RetentionExtent;
};

/** What can be wrong with the input of `retryJob`. */
export type RetryJobErrorCode =
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The job has not ended. */
  | 'JOB_NOT_ENDED'
  /** There is no such job. */
  | 'JOB_NOT_FOUND'
  /** The job's query was deleted. */
  | 'QUERY_NOT_FOUND';

/** A job to run once more. */
export type RetryJobInput = {
  /** Makes a repeated request harmless for 24 hours: it is answered with what the first one made. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A job that has ended, `job_…`. */
  jobId: Scalars['ID']['input'];
};

/** The answer to `retryJob`. */
export type RetryJobPayload = {
  /** The log before the job: with `jobCompleted(after)` no fast job is missed. */
  cursor: Maybe<Scalars['String']['output']>;
  /** The new job; null when there are user errors. */
  job: Maybe<Job>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<RetryJobUserError>;
};

/** One thing that is wrong with the input of `retryJob`. */
export type RetryJobUserError = UserError & {
  /** What is wrong, for programs. */
  code: RetryJobErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `revokeApiKey`. */
export type RevokeApiKeyErrorCode =
  /** There is no such key. */
  | 'API_KEY_NOT_FOUND';

/** A key to revoke. */
export type RevokeApiKeyInput = {
  /** Its id, `key_…`. */
  apiKeyId: Scalars['ID']['input'];
};

/** The answer to `revokeApiKey`. */
export type RevokeApiKeyPayload = {
  /** The key, revoked now or before; null when there are user errors. */
  apiKey: Maybe<ApiKey>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<RevokeApiKeyUserError>;
};

/** One thing that is wrong with the input of `revokeApiKey`. */
export type RevokeApiKeyUserError = UserError & {
  /** What is wrong, for programs. */
  code: RevokeApiKeyErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `revokeDownloadLink`. */
export type RevokeDownloadLinkErrorCode =
  /** There is no such link. */
  | 'DOWNLOAD_LINK_NOT_FOUND';

/** A link to revoke. */
export type RevokeDownloadLinkInput = {
  /** Its id, `lnk_…`. */
  downloadLinkId: Scalars['ID']['input'];
};

/** The answer to `revokeDownloadLink`. */
export type RevokeDownloadLinkPayload = {
  /** The link, revoked now or before; null when there are user errors. */
  downloadLink: Maybe<DownloadLink>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<RevokeDownloadLinkUserError>;
};

/** One thing that is wrong with the input of `revokeDownloadLink`. */
export type RevokeDownloadLinkUserError = UserError & {
  /** What is wrong, for programs. */
  code: RevokeDownloadLinkErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** How the workspace's secret is replaced. */
export type RotateSigningSecretInput = {
  /** For how many hours the secret before it signs as well, 0 to 168; 24 when not given. */
  overlapHours?: InputMaybe<Scalars['Int']['input']>;
};

/** The answer to `rotateSigningSecret`. */
export type RotateSigningSecretPayload = {
  /** What deliveries to the addresses of queries are signed with, `whsec_…`: it is shown here and never again. */
  secret: Maybe<Scalars['String']['output']>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<WebhookEndpointUserError>;
};

/** A receiver that gets another secret. */
export type RotateWebhookSecretInput = {
  /** For how many hours the secret before it signs as well, 0 to 168; 24 when not given. */
  overlapHours?: InputMaybe<Scalars['Int']['input']>;
  /** The endpoint, `wh_…`. */
  webhookEndpointId: Scalars['ID']['input'];
};

/** What can be wrong with the input of `runQuery`. */
export type RunQueryErrorCode =
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** There is no such query, or it was deleted. */
  | 'QUERY_NOT_FOUND';

/** A saved query to run now. */
export type RunQueryInput = {
  /** Makes a repeated request harmless for 24 hours: it is answered with what the first one made. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The query, `qry_…`. */
  queryId: Scalars['ID']['input'];
};

/** The answer to `runQuery`. */
export type RunQueryPayload = {
  /** The log before the job: with `jobCompleted(after)` no fast job is missed. */
  cursor: Maybe<Scalars['String']['output']>;
  /** The new job; null when there are user errors. */
  job: Maybe<Job>;
  /** What is wrong with the input; when not empty, nothing was written. */
  userErrors: Array<RunQueryUserError>;
};

/** One thing that is wrong with the input of `runQuery`. */
export type RunQueryUserError = UserError & {
  /** What is wrong, for programs. */
  code: RunQueryErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** A saved question. Deleting one leaves it out of every list; its jobs and results stay. */
export type SavedQuery = Node & {
  /** Choices made where the prompt left them open. */
  assumptions: Array<Scalars['String']['output']>;
  /** When it was saved. */
  createdAt: Scalars['DateTime']['output'];
  /** The time it was asked about, when given beside the prompt. */
  dateRange: Maybe<DateRange>;
  /** When it was deleted. */
  deletedAt: Maybe<Scalars['DateTime']['output']>;
  /** `qry_…` */
  id: Scalars['ID']['output'];
  /** Its jobs, newest first. */
  jobs: Maybe<JobConnection>;
  /** Its newest job. */
  latestJob: Maybe<Job>;
  /** Its newest result that still exists. */
  latestResult: Maybe<StorageObject>;
  /** How many posts a result lists; it never caps what is counted. */
  limit: Scalars['Int']['output'];
  /** A name to find it by. */
  name: Maybe<Scalars['String']['output']>;
  /** The form that its answers are given in as well, as JSON Schema. */
  outputSchema: Maybe<Scalars['JSON']['output']>;
  /** The question as asked. */
  prompt: Scalars['String']['output'];
  /** How the prompt was understood; every run measures by this. */
  reading: Scalars['JSON']['output'];
  /** When it runs by itself. */
  schedule: Maybe<Schedule>;
  /** The sources it was asked of; empty means all that are ready when a job runs. */
  sources: Array<Scalars['String']['output']>;
  /** Where it stands. */
  state: QueryState;
  /** The IANA time zone that days and weeks are meant in. */
  timezone: Scalars['String']['output'];
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
  /** Where the end of each of its jobs is announced. */
  webhookUrl: Maybe<Scalars['Url']['output']>;
};


/** A saved question. Deleting one leaves it out of every list; its jobs and results stay. */
export type SavedQueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<JobOrder>;
};

/** A part of a list of queries. */
export type SavedQueryConnection = {
  /** A list of edges. */
  edges: Array<SavedQueryEdge>;
  /** A list of nodes. */
  nodes: Array<SavedQuery>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type SavedQueryEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: SavedQuery;
};

/**
 * When a query runs by itself, and what it does where the clock, the past or its own runs get in the
 * way.
 */
export type Schedule = {
  /** What becomes of missed fires. */
  catchUp: CatchUpPolicy;
  /** How old a missed fire may be to be made up for; a year when null. */
  catchUpWindowSeconds: Maybe<Scalars['Int']['output']>;
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: Scalars['String']['output'];
  /** What becomes of times that are shown twice. */
  dstFold: DstFold;
  /** What becomes of times that are left out. */
  dstGap: DstGap;
  /** The last instant that may fire. */
  endsAt: Maybe<Scalars['DateTime']['output']>;
  /** Runs begin up to so much later than their fire. */
  jitterSeconds: Scalars['Int']['output'];
  /** The next fire; null while it is paused or stopped, and when it is over. */
  nextRunAt: Maybe<Scalars['DateTime']['output']>;
  /** What becomes of it when a run fails. */
  onFailure: FailurePolicy;
  /** What becomes of a fire while a run has not ended. */
  overlap: OverlapPolicy;
  /** Since when it is paused. */
  pausedAt: Maybe<Scalars['DateTime']['output']>;
  /** The first instant that may fire. */
  startsAt: Maybe<Scalars['DateTime']['output']>;
  /** The failed run that stopped it. */
  stoppedByJob: Maybe<Job>;
  /** The IANA time zone that the fields are meant in. */
  timezone: Scalars['String']['output'];
};

/** What can be wrong with the input of a mutation of schedules. */
export type ScheduleErrorCode =
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The query has no schedule. */
  | 'NO_SCHEDULE'
  /** There is no such query, or it was deleted. */
  | 'QUERY_NOT_FOUND'
  /** A field of the input has something wrong; the path names it. */
  | 'SCHEDULE_INVALID';

/** When a query is to run by itself: either `cron` or `interval`. */
export type ScheduleInput = {
  /** What becomes of fires that were missed. */
  catchUp?: CatchUpPolicy;
  /** How old a missed fire may be to be made up for; a year when not given. */
  catchUpWindowSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** Five fields: minute, hour, day of month, month, day of week, such as `0 8 * * MON-FRI`. */
  cron?: InputMaybe<Scalars['String']['input']>;
  /** What becomes of times that the clock shows twice. */
  dstFold?: DstFold;
  /** What becomes of times that the clock leaves out. */
  dstGap?: DstGap;
  /** The last instant that may fire. */
  endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** An interval that has a name. */
  interval?: InputMaybe<ScheduleInterval>;
  /** Runs begin up to so much later than their fire, at most 3,600. */
  jitterSeconds?: Scalars['Int']['input'];
  /** What becomes of it when a run fails. */
  onFailure?: FailurePolicy;
  /** What becomes of a fire while a run has not ended. */
  overlap?: OverlapPolicy;
  /** The first instant that may fire. */
  startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The IANA time zone that the fields are meant in; the query's own when not given. */
  timezone?: InputMaybe<Scalars['String']['input']>;
};

/** Intervals that have a name. */
export type ScheduleInterval =
  /** At midnight. */
  | 'DAILY'
  /** At 0, 6, 12 and 18 o'clock. */
  | 'EVERY_6_HOURS'
  /** At 0 and 12 o'clock. */
  | 'EVERY_12_HOURS'
  /** At every full hour. */
  | 'EVERY_HOUR';

/** A query that is to run by itself. */
export type ScheduleQueryInput = {
  /** Makes a repeated request harmless for 24 hours: it changes nothing. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The query, `qry_…`. */
  queryId: Scalars['ID']['input'];
  /** When; it takes the place of the schedule it had. */
  schedule: ScheduleInput;
};

/** The answer to `scheduleQuery`, `unscheduleQuery`, `pauseQuery` and `resumeQuery`. */
export type ScheduleQueryPayload = {
  /** The query; null when there are user errors. */
  query: Maybe<SavedQuery>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<ScheduleUserError>;
};

/** One thing that is wrong with the input of `scheduleQuery`. */
export type ScheduleUserError = UserError & {
  /** What is wrong, for programs. */
  code: ScheduleErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What a key allows; each scope includes those before it. */
export type Scope =
  /** Also keys, webhooks, the bucket, retention, the workspace and the audit log. */
  | 'ADMIN'
  /** Queries, jobs, results, events and sources. */
  | 'READ'
  /** Also create, schedule, run, cancel and delete, and upload datasets. */
  | 'WRITE';

/**
 * One exchange of a job with a source, without credentials. It is deleted after `scrapeLogDays`; results rest on
 * none of it.
 */
export type ScrapeLog = Node & {
  /** When it was asked. */
  at: Scalars['DateTime']['output'];
  /** Which attempt of the job asked, from 1. */
  attempt: Scalars['Int']['output'];
  /** The raw body from its beginning; null where none was kept, as of an answer that was a credential itself. */
  body: Maybe<Scalars['String']['output']>;
  /** How many posts it held; null where the answer was of another kind, as a token. */
  documents: Maybe<Scalars['Long']['output']>;
  /** How long it took until the answer was there, in milliseconds. */
  durationMs: Scalars['Long']['output'];
  /** Why the answer was of no use. */
  error: Maybe<Scalars['String']['output']>;
  /** `log_…` */
  id: Scalars['ID']['output'];
  /** `GET` or `POST`. */
  method: Scalars['String']['output'];
  /** How many bytes the body had, after decompression. */
  sizeBytes: Scalars['Long']['output'];
  /** The source that was asked. */
  source: Scalars['String']['output'];
  /** What was answered; null when there was no answer. */
  statusCode: Maybe<Scalars['Int']['output']>;
  /** What was asked for. */
  url: Scalars['String']['output'];
};


/**
 * One exchange of a job with a source, without credentials. It is deleted after `scrapeLogDays`; results rest on
 * none of it.
 */
export type ScrapeLogBodyArgs = {
  maxBytes?: InputMaybe<Scalars['Int']['input']>;
};

/** A part of a list of exchanges. */
export type ScrapeLogConnection = {
  /** A list of edges. */
  edges: Array<ScrapeLogEdge>;
  /** A list of nodes. */
  nodes: Array<ScrapeLog>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type ScrapeLogEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: ScrapeLog;
};

/** What can be wrong with the input of `setRetentionPolicy`. */
export type SetRetentionPolicyErrorCode =
  /** A number of days is not 1 to 36,500. */
  | 'DAYS_OUT_OF_RANGE';

/** How long things are kept from now on; what is not given stays as it is. */
export type SetRetentionPolicyInput = {
  /** How many days deliveries are kept after they have ended; null keeps them as long as their events. */
  deliveryDays?: InputMaybe<Scalars['Int']['input']>;
  /** Only look at what would be deleted. */
  dryRun?: Scalars['Boolean']['input'];
  /** How many days events are kept; null keeps them as long as the operator has set. */
  eventDays?: InputMaybe<Scalars['Int']['input']>;
  /** How many days results are kept, 1 to 36,500; null keeps them until somebody deletes them. */
  resultDays?: InputMaybe<Scalars['Int']['input']>;
  /** How many days raw exchanges with sources are kept. */
  scrapeLogDays?: InputMaybe<Scalars['Int']['input']>;
};

/** The answer to `setRetentionPolicy`. */
export type SetRetentionPolicyPayload = {
  /** What it deletes of what there is now; null when there are user errors. */
  preview: Maybe<RetentionPreview>;
  /** The policy as it is now, or by a `dryRun` as it would be; null when there are user errors. */
  retention: Maybe<RetentionPolicy>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<SetRetentionPolicyUserError>;
};

/** One thing that is wrong with the input of `setRetentionPolicy`. */
export type SetRetentionPolicyUserError = UserError & {
  /** What is wrong, for programs. */
  code: SetRetentionPolicyErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** Where posts come from. */
export type Source = {
  /**
   * The ways in which it is asked on this server, each where the one before failed: `official` is its own
   * API, others are collectors. Empty when it does not answer.
   */
  backends: Array<Scalars['String']['output']>;
  /** What of the platform is found, and what is not. */
  covers: Scalars['String']['output'];
  /** The name used in `sources`; with `:…` when it takes an argument, as `dataset:posts` does. */
  name: Scalars['String']['output'];
  /** The settings of the server without which it does not answer. */
  needs: Array<Scalars['String']['output']>;
  /** Why it does not answer; null when it does. */
  reason: Maybe<Scalars['String']['output']>;
  /** Whether it answers on this server. */
  state: SourceState;
  /** The name shown to people. */
  title: Scalars['String']['output'];
};

/** What a question would find at a source, and cost there. */
export type SourceEstimate = {
  /** The most that a job would spend, in US dollars. */
  maxUsd: Maybe<Scalars['Float']['output']>;
  /** How many posts the platform says there are; null where it did not answer. */
  posts: Maybe<Scalars['Int']['output']>;
  /** Why it is not known. */
  reason: Maybe<Scalars['String']['output']>;
};

/** What one source gave to a job. */
export type SourceProgress = {
  /** Posts it gave. */
  documents: Scalars['Int']['output'];
  /** Why it covered no more. */
  reason: Maybe<Scalars['String']['output']>;
  /** Calls made upstream. */
  requests: Scalars['Int']['output'];
  /** Its name. */
  source: Scalars['String']['output'];
  /** What it covered. */
  status: CoverageStatus;
};

/** Whether a source answers on this server. */
export type SourceState =
  /** It is known, but this server has no connector or credential for it. */
  | 'NOT_CONFIGURED'
  /** It answers. */
  | 'READY';

/** A stored result; its bytes never change. */
export type StorageObject = Node & {
  /**
   * Its way to the bucket that is connected; null when there is none, or it is older and was not sent by
   * `backfillBucket`.
   */
  bucketDelivery: Maybe<Delivery>;
  /** The media type of its bytes. */
  contentType: Scalars['String']['output'];
  /** When it was stored. */
  createdAt: Scalars['DateTime']['output'];
  /** Where its bytes are downloaded, with the API key. */
  downloadUrl: Scalars['Url']['output'];
  /**
   * When it will be deleted, by what the workspace has set now; null means it is kept until somebody
   * deletes it.
   */
  expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** `obj_…` */
  id: Scalars['ID']['output'];
  /** The job it is the result of. */
  job: Maybe<Job>;
  /** The result itself; null with an error above 1 MiB: use `downloadUrl` then. */
  json: Maybe<Scalars['JSON']['output']>;
  /** `{query id}_{time}.json` */
  key: Scalars['String']['output'];
  /** The query it answers. */
  query: Maybe<SavedQuery>;
  /** The SHA-256 of its bytes, in hex. */
  sha256: Scalars['String']['output'];
  /** How many bytes it has. */
  sizeBytes: Scalars['Long']['output'];
};

/** A part of a list of results. */
export type StorageObjectConnection = {
  /** A list of edges. */
  edges: Array<StorageObjectEdge>;
  /** A list of nodes. */
  nodes: Array<StorageObject>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type StorageObjectEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: StorageObject;
};

/** Narrows a list of results; what is not given fits all. */
export type StorageObjectFilter = {
  /** Only results stored after this instant. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only results stored before this instant. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only the result of this job. */
  jobId?: InputMaybe<Scalars['ID']['input']>;
  /** Only results of this query. */
  queryId?: InputMaybe<Scalars['ID']['input']>;
  /** Only results with this in their key; A to Z fit in either case. */
  search?: InputMaybe<Scalars['String']['input']>;
};

/** How results are ordered; equal ones by their ids. */
export type StorageObjectOrder = {
  /** Which way. */
  direction: OrderDirection;
  /** By what. */
  field: StorageObjectOrderField;
};

/** What results are ordered by. */
export type StorageObjectOrderField =
  /** When they were stored. */
  | 'CREATED_AT'
  /** How many bytes they have. */
  | 'SIZE_BYTES';

/** Live streams, over `graphql-transport-ws` and `graphql-sse`. */
export type Subscription = {
  /**
   * Jobs as they end, also failed and cancelled ones. With `after`, first everything since that
   * cursor, then live; without, live only.
   */
  jobCompleted: JobCompletedEvent;
  /**
   * One job: its state now, then each change, until it ends. Changes that follow each other within a
   * moment are given as one.
   */
  jobProgress: Job;
  /**
   * The jobs of the workspace that have not ended, the newest first, at most 100: now, and again whenever
   * one comes, starts, tells progress or ends. Changes that follow each other within a moment are given as
   * one. What ended is told by `jobCompleted`.
   */
  openJobs: Array<Job>;
};


/** Live streams, over `graphql-transport-ws` and `graphql-sse`. */
export type SubscriptionJobCompletedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  queryId?: InputMaybe<Scalars['ID']['input']>;
};


/** Live streams, over `graphql-transport-ws` and `graphql-sse`. */
export type SubscriptionJobProgressArgs = {
  jobId: Scalars['ID']['input'];
};

/** The answer to `testWebhookEndpoint`. */
export type TestWebhookEndpointPayload = {
  /** The test on its way; null when there are user errors. */
  delivery: Maybe<Delivery>;
  /** What is wrong with the input; when not empty, nothing is sent. */
  userErrors: Array<WebhookEndpointUserError>;
};

/** What can be wrong with the input of `unpinChart`. */
export type UnpinChartErrorCode =
  /** There is no such pin. */
  | 'PIN_NOT_FOUND';

/** A chart to unpin. */
export type UnpinChartInput = {
  /** The pin, `pin_…`. */
  pinId: Scalars['ID']['input'];
};

/** The answer to `unpinChart`. */
export type UnpinChartPayload = {
  /** The pin as it was; null when there are user errors. */
  pin: Maybe<Pin>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<UnpinChartUserError>;
};

/** One thing that is wrong with the input of `unpinChart`. */
export type UnpinChartUserError = UserError & {
  /** What is wrong, for programs. */
  code: UnpinChartErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What can be wrong with the input of `updateQuery`. */
export type UpdateQueryErrorCode =
  /** The date range is empty or lies in the future. */
  | 'DATE_RANGE_INVALID'
  /** The limit is not 1 to 1,000. */
  | 'LIMIT_OUT_OF_RANGE'
  /** The name is empty, too long or has control characters. */
  | 'NAME_INVALID'
  /** The output schema is no JSON Schema, or names something outside of it. */
  | 'OUTPUT_SCHEMA_INVALID'
  /** The prompt has no text. */
  | 'PROMPT_EMPTY'
  /** The prompt contains control characters. */
  | 'PROMPT_INVALID'
  /** The prompt has more than 4,000 characters. */
  | 'PROMPT_TOO_LONG'
  /** There is no such query, or it was deleted. */
  | 'QUERY_NOT_FOUND'
  /** The reading does not have the form of one, or cannot be answered. */
  | 'READING_INVALID'
  /** The address of a source may not be reached from this server. */
  | 'SOURCE_FORBIDDEN'
  /** None of the sources is configured on this server. */
  | 'SOURCE_NOT_CONFIGURED'
  /** Nobody knows a source of this name. */
  | 'SOURCE_UNKNOWN'
  /** Not an IANA time zone. */
  | 'TIMEZONE_UNKNOWN'
  /** More than 50 sources are given. */
  | 'TOO_MANY_SOURCES'
  /** The webhook's address is private, or not https; the operator may allow it. */
  | 'WEBHOOK_URL_FORBIDDEN'
  /** Not an address that webhooks can be sent to. */
  | 'WEBHOOK_URL_INVALID';

/** What of a saved question is to become different; what is not given stays as it is. */
export type UpdateQueryInput = {
  /** The time asked about; null leaves it to the prompt. */
  dateRange?: InputMaybe<DateRangeInput>;
  /** How many posts the result lists, 1 to 1,000. */
  limit?: InputMaybe<Scalars['Int']['input']>;
  /** A name to find the query by; null takes it away. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The form that answers are given in as well, as JSON Schema; null takes it away. */
  outputSchema?: InputMaybe<Scalars['JSON']['input']>;
  /** The question in plain language, at most 4,000 characters. */
  prompt?: InputMaybe<Scalars['String']['input']>;
  /** The query, `qry_…`. */
  queryId: Scalars['ID']['input'];
  /** How the prompt is meant; when not given, it is read anew once what the reading depends on is changed. */
  reading?: InputMaybe<Scalars['JSON']['input']>;
  /** Names of sources; with an empty list all that are ready. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The IANA time zone that days and weeks are meant in. */
  timezone?: InputMaybe<Scalars['String']['input']>;
  /** Where the end of each of its jobs is announced; null announces it to nobody. */
  webhookUrl?: InputMaybe<Scalars['Url']['input']>;
};

/** The answer to `updateQuery`. */
export type UpdateQueryPayload = {
  /** The query as it is now; null when there are user errors. */
  query: Maybe<SavedQuery>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<UpdateQueryUserError>;
};

/** One thing that is wrong with the input of `updateQuery`. */
export type UpdateQueryUserError = UserError & {
  /** What is wrong, for programs. */
  code: UpdateQueryErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** What of a receiver is to become different; what is not given stays as it is. */
export type UpdateWebhookEndpointInput = {
  /** The types of events it gets from now on. */
  events?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Enables it without a test. */
  force?: Scalars['Boolean']['input'];
  /** Whether no delivery begins before the one before it has ended. */
  ordered?: InputMaybe<Scalars['Boolean']['input']>;
  /** How many deliveries may begin in a second, on each node; null takes the limit away. */
  rateLimitPerSecond?: InputMaybe<Scalars['Int']['input']>;
  /** One that was disabled is enabled once it has acknowledged a test. */
  state?: InputMaybe<EndpointState>;
  /** An https address; what waits goes there as well. */
  url?: InputMaybe<Scalars['Url']['input']>;
  /** The endpoint, `wh_…`. */
  webhookEndpointId: Scalars['ID']['input'];
};

/** What can be wrong with the input of `updateWorkspace`. */
export type UpdateWorkspaceErrorCode =
  /** The name is empty or too long. */
  | 'NAME_INVALID'
  /** It is not the name of a time zone. */
  | 'TIMEZONE_UNKNOWN';

/** What of the workspace becomes different; what is not given stays. */
export type UpdateWorkspaceInput = {
  /** Whether what jobs collect from now on is kept with their results. */
  keepDocuments?: InputMaybe<Scalars['Boolean']['input']>;
  /** What people call it, 1 to 100 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The IANA time zone that days and weeks are meant in unless a query says otherwise. */
  timezone?: InputMaybe<Scalars['String']['input']>;
};

/** The answer to `updateWorkspace`. */
export type UpdateWorkspacePayload = {
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<UpdateWorkspaceUserError>;
  /** The workspace as it is now; null when there are user errors. */
  workspace: Maybe<Workspace>;
};

/** One thing that is wrong with the input of `updateWorkspace`. */
export type UpdateWorkspaceUserError = UserError & {
  /** What is wrong, for programs. */
  code: UpdateWorkspaceErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** Something the caller can mend. */
export type UserError = {
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** A registered receiver of the workspace's events, with a secret of its own that is shown once. */
export type WebhookEndpoint = Node & {
  /** When it was registered. */
  createdAt: Scalars['DateTime']['output'];
  /** What was, is or will be sent to it, newest first. */
  deliveries: Maybe<DeliveryConnection>;
  /** Since when it is disabled. */
  disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it is disabled. */
  disabledReason: Maybe<Scalars['String']['output']>;
  /** The types of events it gets. */
  events: Array<Scalars['String']['output']>;
  /** The first failure since it last acknowledged anything. */
  failingSince: Maybe<Scalars['DateTime']['output']>;
  /** `wh_…` */
  id: Scalars['ID']['output'];
  /** Whether no delivery begins before the one before it has ended. */
  ordered: Scalars['Boolean']['output'];
  /** Until when the secret before this one signs as well. */
  previousSecretUntil: Maybe<Scalars['DateTime']['output']>;
  /** How many deliveries may begin in a second, on each node; no limit when null. */
  rateLimitPerSecond: Maybe<Scalars['Int']['output']>;
  /** The last characters of its secret, to tell it by. */
  secretLast4: Scalars['String']['output'];
  /** Whether it gets them. */
  state: EndpointState;
  /** Where its events go. */
  url: Scalars['Url']['output'];
  /** What to see to: said once it has failed for a day, as it is disabled after five. */
  warning: Maybe<Scalars['String']['output']>;
};


/** A registered receiver of the workspace's events, with a secret of its own that is shown once. */
export type WebhookEndpointDeliveriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeliveryFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A part of a list of endpoints. */
export type WebhookEndpointConnection = {
  /** A list of edges. */
  edges: Array<WebhookEndpointEdge>;
  /** A list of nodes. */
  nodes: Array<WebhookEndpoint>;
  /** Information to aid in pagination. */
  pageInfo: PageInfo;
  /** How many items the whole list has; counted only when selected. */
  totalCount: Maybe<Scalars['Int']['output']>;
};

/** An edge in a connection. */
export type WebhookEndpointEdge = {
  /** A cursor for use in pagination */
  cursor: Scalars['String']['output'];
  /** The item at the end of the edge */
  node: WebhookEndpoint;
};

/** What can be wrong with the input of a mutation of webhook endpoints. */
export type WebhookEndpointErrorCode =
  /** A type of event is not known, or none is given. */
  | 'EVENTS_INVALID'
  /** The idempotency key is empty, too long or has other than printable ASCII characters. */
  | 'IDEMPOTENCY_KEY_INVALID'
  /** The idempotency key was used for another request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The time for which both secrets sign is out of range. */
  | 'OVERLAP_INVALID'
  /** The rate limit is out of range. */
  | 'RATE_LIMIT_INVALID'
  /** It was disabled, and has acknowledged no test since. */
  | 'TEST_REQUIRED'
  /** The workspace has as many endpoints as it may. */
  | 'TOO_MANY_WEBHOOK_ENDPOINTS'
  /** The address is not https, or private. */
  | 'URL_FORBIDDEN'
  /** It is not an address that can be sent to. */
  | 'URL_INVALID'
  /** Another endpoint of the workspace has this address. */
  | 'URL_TAKEN'
  /** There is no such endpoint. */
  | 'WEBHOOK_ENDPOINT_NOT_FOUND';

/** A receiver by its id. */
export type WebhookEndpointIdInput = {
  /** The endpoint, `wh_…`. */
  webhookEndpointId: Scalars['ID']['input'];
};

/** The answer to `updateWebhookEndpoint` and `deleteWebhookEndpoint`. */
export type WebhookEndpointPayload = {
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<WebhookEndpointUserError>;
  /** The endpoint, or what it was; null when there are user errors. */
  webhookEndpoint: Maybe<WebhookEndpoint>;
};

/** One thing that is wrong with the input of `updateWebhookEndpoint`. */
export type WebhookEndpointUserError = UserError & {
  /** What is wrong, for programs. */
  code: WebhookEndpointErrorCode;
  /** What is wrong and what to do, for people. */
  message: Scalars['String']['output'];
  /** Where in the input. */
  path: Maybe<Array<Scalars['String']['output']>>;
};

/** The answer to `createWebhookEndpoint` and `rotateWebhookSecret`. */
export type WebhookSecretPayload = {
  /**
   * What its deliveries are signed with, `whsec_…`: it is shown here and never again. Null when a repeated
   * request is answered.
   */
  secret: Maybe<Scalars['String']['output']>;
  /** What is wrong with the input; when not empty, nothing was changed. */
  userErrors: Array<WebhookEndpointUserError>;
  /** The endpoint; null when there are user errors. */
  webhookEndpoint: Maybe<WebhookEndpoint>;
};

/** The tenant that owns queries, jobs, results, events and keys. */
export type Workspace = Node & {
  /**
   * Where every result is written besides being kept here; null when no bucket is connected. Needs a
   * key with scope `admin`.
   */
  bucket: Maybe<Bucket>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** `ws_…` */
  id: Scalars['ID']['output'];
  /**
   * Whether what its jobs collect is kept with their results, for as long as these: then a result can be
   * computed again, and a run can tell what is new, late or gone since the one before.
   */
  keepDocuments: Scalars['Boolean']['output'];
  /** What people call it. */
  name: Scalars['String']['output'];
  /** How long it keeps what it has. */
  retention: Maybe<RetentionPolicy>;
  /** The IANA time zone that days and weeks are meant in unless a query says otherwise. */
  timezone: Scalars['String']['output'];
  /** What the `v1a` signatures of its webhooks are checked with: `whpk_…`, the public half of an ed25519 key. */
  webhookPublicKey: Scalars['String']['output'];
};

type Refusal_CancelJobUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_ConnectBucketUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_CreateApiKeyUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_CreateDownloadLinkUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_CreateQueryUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_DeleteDatasetUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_DeleteQueryUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_DeleteStorageObjectsUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_PinChartUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_RedeliverUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_RetryJobUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_RevokeApiKeyUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_RevokeDownloadLinkUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_RunQueryUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_ScheduleUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_SetRetentionPolicyUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_UnpinChartUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_UpdateQueryUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_UpdateWorkspaceUserError_Fragment = { message: string, path: Array<string> | null };

type Refusal_WebhookEndpointUserError_Fragment = { message: string, path: Array<string> | null };

export type RefusalFragment = Refusal_CancelJobUserError_Fragment | Refusal_ConnectBucketUserError_Fragment | Refusal_CreateApiKeyUserError_Fragment | Refusal_CreateDownloadLinkUserError_Fragment | Refusal_CreateQueryUserError_Fragment | Refusal_DeleteDatasetUserError_Fragment | Refusal_DeleteQueryUserError_Fragment | Refusal_DeleteStorageObjectsUserError_Fragment | Refusal_PinChartUserError_Fragment | Refusal_RedeliverUserError_Fragment | Refusal_RetryJobUserError_Fragment | Refusal_RevokeApiKeyUserError_Fragment | Refusal_RevokeDownloadLinkUserError_Fragment | Refusal_RunQueryUserError_Fragment | Refusal_ScheduleUserError_Fragment | Refusal_SetRetentionPolicyUserError_Fragment | Refusal_UnpinChartUserError_Fragment | Refusal_UpdateQueryUserError_Fragment | Refusal_UpdateWorkspaceUserError_Fragment | Refusal_WebhookEndpointUserError_Fragment;

export type SourceChoicesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourceChoicesQuery = { sources: Array<{ name: string, title: string, state: SourceState, reason: string | null, covers: string }>, datasets: { nodes: Array<{ source: string, documents: number }> } | null, workspace: { timezone: string } | null };

export type PreviewQueryVariables = Exact<{
  input: PreviewQueryInput;
}>;


export type PreviewQuery = { previewQuery: { reading: unknown | null, assumptions: Array<string>, problems: Array<string>, window: { start: string, end: string } | null, sources: Array<{ name: string, state: SourceState }>, userErrors: Array<{ code: CreateQueryErrorCode, message: string, path: Array<string> | null }> } | null };

export type EstimateQueryVariables = Exact<{
  input: PreviewQueryInput;
}>;


export type EstimateQuery = { previewQuery: { sources: Array<{ name: string, estimate: { posts: number | null, maxUsd: number | null, reason: string | null } | null }>, userErrors: Array<{ message: string, path: Array<string> | null }> } | null };

export type FiresQueryVariables = Exact<{
  schedule: ScheduleInput;
}>;


export type FiresQuery = { previewSchedule: Array<string> };

export type CreateQueryMutationVariables = Exact<{
  input: CreateQueryInput;
}>;


export type CreateQueryMutation = { createQuery: { query: { id: string } | null, job: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type JobRowFragment = { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null };

export type QueriesQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<QueryFilter>;
}>;


export type QueriesQuery = { queries: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string | null, prompt: string, sources: Array<string>, state: QueryState, timezone: string, createdAt: string, schedule: { cron: string, timezone: string, nextRunAt: string | null, pausedAt: string | null } | null, latestJob: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null }> } | null };

export type JobsQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JobFilter>;
}>;


export type JobsQuery = { jobs: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null }> } | null };

export type RunQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type RunQueryMutation = { runQuery: { job: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RetryJobMutationVariables = Exact<{
  jobId: Scalars['ID']['input'];
}>;


export type RetryJobMutation = { retryJob: { job: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type CancelJobMutationVariables = Exact<{
  jobId: Scalars['ID']['input'];
}>;


export type CancelJobMutation = { cancelJob: { job: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type PauseQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type PauseQueryMutation = { pauseQuery: { query: { id: string, state: QueryState, schedule: { cron: string, timezone: string, nextRunAt: string | null, pausedAt: string | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type ResumeQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type ResumeQueryMutation = { resumeQuery: { query: { id: string, state: QueryState, schedule: { cron: string, timezone: string, nextRunAt: string | null, pausedAt: string | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type DeleteQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type DeleteQueryMutation = { deleteQuery: { query: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type OneJobQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type OneJobQuery = { job: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null };

export type JobProgressSubscriptionVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type JobProgressSubscription = { jobProgress: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } };

export type ScrapeLogsQueryVariables = Exact<{
  jobId: Scalars['ID']['input'];
}>;


export type ScrapeLogsQuery = { job: { id: string, scrapeLogs: { totalCount: number | null, nodes: Array<{ id: string, source: string, at: string, method: string, url: string, durationMs: number, statusCode: number | null, error: string | null, sizeBytes: number, documents: number | null }> } | null } | null };

export type ScrapeLogBodyQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type ScrapeLogBodyQuery = { node: { id: string, body: string | null } | {} | null };

export type PinsQueryVariables = Exact<{ [key: string]: never; }>;


export type PinsQuery = { pins: { nodes: Array<{ id: string, chart: PinChart, query: { id: string, name: string | null, prompt: string, latestResult: { key: string, createdAt: string } | null } | null }> } | null };

export type PinChartMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
  chart: PinChart;
}>;


export type PinChartMutation = { pinChart: { pin: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type UnpinChartMutationVariables = Exact<{
  pinId: Scalars['ID']['input'];
}>;


export type UnpinChartMutation = { unpinChart: { pin: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type QueryPageQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type QueryPageQuery = { query: { id: string, name: string | null, prompt: string, sources: Array<string>, limit: number, timezone: string, state: QueryState, webhookUrl: string | null, reading: unknown, assumptions: Array<string>, createdAt: string, deletedAt: string | null, dateRange: { start: string, end: string } | null, schedule: { cron: string, timezone: string, nextRunAt: string | null, overlap: OverlapPolicy, catchUp: CatchUpPolicy, onFailure: FailurePolicy, pausedAt: string | null, stoppedByJob: { id: string } | null } | null, latestJob: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null } | null };

export type ScheduleQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
  schedule: ScheduleInput;
}>;


export type ScheduleQueryMutation = { scheduleQuery: { query: { id: string, state: QueryState, schedule: { cron: string, timezone: string, nextRunAt: string | null, pausedAt: string | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type UnscheduleQueryMutationVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type UnscheduleQueryMutation = { unscheduleQuery: { query: { id: string, state: QueryState, schedule: { cron: string, timezone: string, nextRunAt: string | null, pausedAt: string | null } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type UpdateQueryMutationVariables = Exact<{
  input: UpdateQueryInput;
}>;


export type UpdateQueryMutation = { updateQuery: { query: { id: string, name: string | null, prompt: string, sources: Array<string>, state: QueryState, timezone: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type ResultsQueryVariables = Exact<{
  queryId: Scalars['ID']['input'];
}>;


export type ResultsQuery = { storageObjects: { totalCount: number | null, nodes: Array<{ key: string, createdAt: string }> } | null };

export type BucketTestShownFragment = { at: string, ok: boolean, steps: Array<{ name: BucketTestStepName, ok: boolean, code: string | null, message: string | null }> };

export type StorageSettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type StorageSettingsQuery = { workspace: { id: string, bucket: { endpoint: string, name: string, region: string, prefix: string, pathStyle: boolean, accessKeyIdLast4: string, state: BucketState, failingSince: string | null, connectedAt: string, backlog: number, lastTest: { at: string, ok: boolean, steps: Array<{ name: BucketTestStepName, ok: boolean, code: string | null, message: string | null }> } | null } | null, retention: { resultDays: number | null, deliveryDays: number | null, eventDays: number | null, scrapeLogDays: number } | null } | null, bucketPresets: Array<{ name: string, title: string, endpoint: string, region: string, pathStyle: boolean, hint: string }> };

export type ConnectBucketMutationVariables = Exact<{
  input: ConnectBucketInput;
}>;


export type ConnectBucketMutation = { connectBucket: { bucket: { name: string } | null, test: { at: string, ok: boolean, steps: Array<{ name: BucketTestStepName, ok: boolean, code: string | null, message: string | null }> } | null, userErrors: Array<{ code: ConnectBucketErrorCode, message: string, path: Array<string> | null }> } };

export type ResumeBucketMutationVariables = Exact<{
  name: Scalars['String']['input'];
}>;


export type ResumeBucketMutation = { resumeBucket: { bucket: { state: BucketState } | null, test: { at: string, ok: boolean, steps: Array<{ name: BucketTestStepName, ok: boolean, code: string | null, message: string | null }> } | null, userErrors: Array<{ code: ConnectBucketErrorCode, message: string, path: Array<string> | null }> } };

export type DisconnectBucketMutationVariables = Exact<{
  name: Scalars['String']['input'];
}>;


export type DisconnectBucketMutation = { disconnectBucket: { disconnected: boolean, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type BackfillBucketMutationVariables = Exact<{
  name: Scalars['String']['input'];
}>;


export type BackfillBucketMutation = { backfillBucket: { queued: number | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RetentionExtentShownFragment = { count: number, bytes: number, oldest: string | null, newest: string | null };

export type SetRetentionMutationVariables = Exact<{
  input: SetRetentionPolicyInput;
}>;


export type SetRetentionMutation = { setRetentionPolicy: { retention: { resultDays: number | null, deliveryDays: number | null, eventDays: number | null, scrapeLogDays: number } | null, preview: { results: { count: number, bytes: number, oldest: string | null, newest: string | null }, deliveries: { count: number, bytes: number, oldest: string | null, newest: string | null }, events: { count: number, bytes: number, oldest: string | null, newest: string | null }, scrapeLogs: { count: number, bytes: number, oldest: string | null, newest: string | null } } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type DatasetListQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type DatasetListQuery = { datasets: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, source: string, version: number, documents: number, sizeBytes: number, createdAt: string }> } | null };

export type DeleteDatasetMutationVariables = Exact<{
  name: Scalars['String']['input'];
}>;


export type DeleteDatasetMutation = { deleteDataset: { userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type ApiKeysQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ApiKeysQuery = { apiKeys: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, scope: Scope, last4: string, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null }> } | null };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { secret: string | null, apiKey: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RevokeApiKeyMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type RevokeApiKeyMutation = { revokeApiKey: { apiKey: { id: string, revokedAt: string | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type SourceSettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SourceSettingsQuery = { sources: Array<{ name: string, title: string, state: SourceState, reason: string | null, covers: string, needs: Array<string>, backends: Array<string> }> };

export type WorkspaceSettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type WorkspaceSettingsQuery = { workspace: { id: string, name: string, timezone: string, keepDocuments: boolean, webhookPublicKey: string, createdAt: string } | null };

export type UpdateWorkspaceMutationVariables = Exact<{
  input: UpdateWorkspaceInput;
}>;


export type UpdateWorkspaceMutation = { updateWorkspace: { workspace: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type AuditLogQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditFilter>;
}>;


export type AuditLogQuery = { auditLog: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, at: string, operation: string, objectId: string | null, detail: unknown | null, apiKey: { id: string, name: string } | null }> } | null };

export type EndpointShownFragment = { id: string, url: string, events: Array<string>, state: EndpointState, disabledReason: string | null, disabledAt: string | null, ordered: boolean, rateLimitPerSecond: number | null, failingSince: string | null, warning: string | null, secretLast4: string, previousSecretUntil: string | null, createdAt: string };

export type WebhooksQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type WebhooksQuery = { webhookEndpoints: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, url: string, events: Array<string>, state: EndpointState, disabledReason: string | null, disabledAt: string | null, ordered: boolean, rateLimitPerSecond: number | null, failingSince: string | null, warning: string | null, secretLast4: string, previousSecretUntil: string | null, createdAt: string }> } | null };

export type SigningKeyQueryVariables = Exact<{ [key: string]: never; }>;


export type SigningKeyQuery = { workspace: { id: string, webhookPublicKey: string } | null };

export type WebhookQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type WebhookQuery = { node: { id: string, url: string, events: Array<string>, state: EndpointState, disabledReason: string | null, disabledAt: string | null, ordered: boolean, rateLimitPerSecond: number | null, failingSince: string | null, warning: string | null, secretLast4: string, previousSecretUntil: string | null, createdAt: string } | {} | null };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookMutation = { createWebhookEndpoint: { secret: string | null, webhookEndpoint: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookMutation = { updateWebhookEndpoint: { webhookEndpoint: { id: string, url: string, events: Array<string>, state: EndpointState, disabledReason: string | null, disabledAt: string | null, ordered: boolean, rateLimitPerSecond: number | null, failingSince: string | null, warning: string | null, secretLast4: string, previousSecretUntil: string | null, createdAt: string } | null, userErrors: Array<{ code: WebhookEndpointErrorCode, message: string, path: Array<string> | null }> } };

export type DeleteWebhookMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type DeleteWebhookMutation = { deleteWebhookEndpoint: { userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RotateWebhookSecretMutationVariables = Exact<{
  id: Scalars['ID']['input'];
  overlapHours?: InputMaybe<Scalars['Int']['input']>;
}>;


export type RotateWebhookSecretMutation = { rotateWebhookSecret: { secret: string | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RotateSigningSecretMutationVariables = Exact<{
  overlapHours?: InputMaybe<Scalars['Int']['input']>;
}>;


export type RotateSigningSecretMutation = { rotateSigningSecret: { secret: string | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type TestWebhookMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type TestWebhookMutation = { testWebhookEndpoint: { delivery: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RecoverDeliveriesMutationVariables = Exact<{
  id: Scalars['ID']['input'];
  since: Scalars['DateTime']['input'];
}>;


export type RecoverDeliveriesMutation = { recoverDeliveries: { recovered: number, hasMore: boolean, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type DeliveryRowFragment = { id: string, status: DeliveryStatus, createdAt: string, nextAttemptAt: string | null, completedAt: string | null, event: { type: string } | null };

export type EndpointDeliveriesQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeliveryFilter>;
}>;


export type EndpointDeliveriesQuery = { deliveries: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, status: DeliveryStatus, createdAt: string, nextAttemptAt: string | null, completedAt: string | null, attempts: Array<{ number: number }>, event: { type: string } | null }> } | null };

export type DeliveryAttemptsQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type DeliveryAttemptsQuery = { node: { target: string, id: string, status: DeliveryStatus, createdAt: string, nextAttemptAt: string | null, completedAt: string | null, attempts: Array<{ at: string, number: number, durationMs: number, firstByteMs: number | null, statusCode: number | null, error: string | null, responseExcerpt: string | null }>, event: { type: string } | null } | {} | null };

export type RedeliverMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type RedeliverMutation = { redeliver: { delivery: { id: string, status: DeliveryStatus, createdAt: string, nextAttemptAt: string | null, completedAt: string | null, attempts: Array<{ number: number }>, event: { type: string } | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type StorageQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<StorageObjectFilter>;
  orderBy?: InputMaybe<StorageObjectOrder>;
}>;


export type StorageQuery = { storageObjects: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, key: string, sizeBytes: number, createdAt: string, expiresAt: string | null, query: { id: string, name: string | null, prompt: string } | null, bucketDelivery: { id: string, status: DeliveryStatus } | null }> } | null };

export type DeleteStorageObjectsMutationVariables = Exact<{
  input: DeleteStorageObjectsInput;
}>;


export type DeleteStorageObjectsMutation = { deleteStorageObjects: { matchedCount: number, deletedCount: number, bytes: number, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type StorageFileQueryVariables = Exact<{
  key: Scalars['String']['input'];
}>;


export type StorageFileQuery = { storageObject: { id: string, key: string, contentType: string, sizeBytes: number, sha256: string, createdAt: string, expiresAt: string | null, query: { id: string, name: string | null, prompt: string } | null, job: { id: string, status: JobStatus } | null, bucketDelivery: { id: string, status: DeliveryStatus } | null } | null };

export type DownloadLinksQueryVariables = Exact<{
  storageKey: Scalars['String']['input'];
}>;


export type DownloadLinksQuery = { downloadLinks: { totalCount: number | null, nodes: Array<{ id: string, createdAt: string, expiresAt: string, revokedAt: string | null, active: boolean }> } | null };

export type CreateDownloadLinkMutationVariables = Exact<{
  storageKey: Scalars['String']['input'];
  expiresInSeconds: Scalars['Int']['input'];
}>;


export type CreateDownloadLinkMutation = { createDownloadLink: { downloadLink: { id: string, url: string | null } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type RevokeDownloadLinkMutationVariables = Exact<{
  downloadLinkId: Scalars['ID']['input'];
}>;


export type RevokeDownloadLinkMutation = { revokeDownloadLink: { downloadLink: { id: string } | null, userErrors: Array<{ message: string, path: Array<string> | null }> } };

export type OpenJobsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type OpenJobsSubscription = { openJobs: Array<{ id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null }> };

export type JobCompletedSubscriptionVariables = Exact<{
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type JobCompletedSubscription = { jobCompleted: { cursor: string, jobId: string, job: { id: string, status: JobStatus, trigger: JobTrigger, createdAt: string, startedAt: string | null, completedAt: string | null, scheduledFor: string | null, attempt: number, maxAttempts: number, error: { code: string, message: string, retryable: boolean } | null, sources: Array<{ source: string, status: CoverageStatus, requests: number, documents: number, reason: string | null }>, result: { key: string, sizeBytes: number } | null, query: { id: string, name: string | null, prompt: string, state: QueryState, schedule: { nextRunAt: string | null } | null } | null } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RefusalFragmentDoc = new TypedDocumentString(`
    fragment Refusal on UserError {
  message
  path
}
    `, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const JobRowFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"JobRow"}) as unknown as TypedDocumentString<JobRowFragment, unknown>;
export const BucketTestShownFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"BucketTestShown"}) as unknown as TypedDocumentString<BucketTestShownFragment, unknown>;
export const RetentionExtentShownFragmentDoc = new TypedDocumentString(`
    fragment RetentionExtentShown on RetentionExtent {
  count
  bytes
  oldest
  newest
}
    `, {"fragmentName":"RetentionExtentShown"}) as unknown as TypedDocumentString<RetentionExtentShownFragment, unknown>;
export const EndpointShownFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"EndpointShown"}) as unknown as TypedDocumentString<EndpointShownFragment, unknown>;
export const DeliveryRowFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"DeliveryRow"}) as unknown as TypedDocumentString<DeliveryRowFragment, unknown>;
export const SourceChoicesDocument = {"__meta__":{"hash":"e08401329d6c8ebbadb2f3a7752f4c49880b08644c94faf392579e1b3dcf12e4"}} as unknown as TypedDocumentString<SourceChoicesQuery, SourceChoicesQueryVariables>;
export const PreviewDocument = {"__meta__":{"hash":"d1d68c83f76a0ead7d3b914e178cdbf1c75ab5557f8e79c5a8e1733193582eae"}} as unknown as TypedDocumentString<PreviewQuery, PreviewQueryVariables>;
export const EstimateDocument = {"__meta__":{"hash":"0078764adabe01c3055b0dda3bfde2264222373d1f3627e2c29279e9b449bcbc"}} as unknown as TypedDocumentString<EstimateQuery, EstimateQueryVariables>;
export const FiresDocument = {"__meta__":{"hash":"f44ca0942f6d8dcc693cbb9cafa9e5b059b32003257076d8f54573f43101c03b"}} as unknown as TypedDocumentString<FiresQuery, FiresQueryVariables>;
export const CreateQueryDocument = {"__meta__":{"hash":"6c506829719724d4c90ebfca53d89a896d3919d73b7159630107c446811b83b0"}} as unknown as TypedDocumentString<CreateQueryMutation, CreateQueryMutationVariables>;
export const QueriesDocument = {"__meta__":{"hash":"2cbb2ba3e7a7106d71c6f3dbaef46213e842e32efca776dff3beb14e17dd590d"}} as unknown as TypedDocumentString<QueriesQuery, QueriesQueryVariables>;
export const JobsDocument = {"__meta__":{"hash":"5dda8f6d5790ccf3de226c2ed98f6cbd33286d99474f49b526122aba3efa336d"}} as unknown as TypedDocumentString<JobsQuery, JobsQueryVariables>;
export const RunQueryDocument = {"__meta__":{"hash":"5b695ffa6bb86ac3fa810b647cc152e9e45e7c4d9455173b88166b337c60b418"}} as unknown as TypedDocumentString<RunQueryMutation, RunQueryMutationVariables>;
export const RetryJobDocument = {"__meta__":{"hash":"7bec9007a11dac5f283c349489d7c16b7082246523093ee4ac1cc45edaafd425"}} as unknown as TypedDocumentString<RetryJobMutation, RetryJobMutationVariables>;
export const CancelJobDocument = {"__meta__":{"hash":"45f34b210e346ea6053afb7b6fd9109bd8d6a12c990acd274c54794e25a4f29e"}} as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;
export const PauseQueryDocument = {"__meta__":{"hash":"24d6a2760eaedd3ea3093de016ff55e8cebd08b6c95e2cda9d9e59f27d5aa4c1"}} as unknown as TypedDocumentString<PauseQueryMutation, PauseQueryMutationVariables>;
export const ResumeQueryDocument = {"__meta__":{"hash":"4f913b8a2b6eb816ddc43e470da86e3d05dac34e42000c9fceef8827b80494ff"}} as unknown as TypedDocumentString<ResumeQueryMutation, ResumeQueryMutationVariables>;
export const DeleteQueryDocument = {"__meta__":{"hash":"fcb90cfccfa981a79fdb4c93e831b47112990c264218f3975ea37e4834027b9f"}} as unknown as TypedDocumentString<DeleteQueryMutation, DeleteQueryMutationVariables>;
export const OneJobDocument = {"__meta__":{"hash":"66b8fa7f67aa08e48b364bdb440f0341998c78ac38ddfdd80438a51fa8bc9a11"}} as unknown as TypedDocumentString<OneJobQuery, OneJobQueryVariables>;
export const JobProgressDocument = {"__meta__":{"hash":"592edc1fe83257a706e106694e2cb97097b7e44995a3fad8b3014ae93db9b5dd"}} as unknown as TypedDocumentString<JobProgressSubscription, JobProgressSubscriptionVariables>;
export const ScrapeLogsDocument = {"__meta__":{"hash":"1f1e2bf4b2f7c7efc5ad4ba7fe9ea1fe0b89a63234919b5217e7a0eb5b2a317a"}} as unknown as TypedDocumentString<ScrapeLogsQuery, ScrapeLogsQueryVariables>;
export const ScrapeLogBodyDocument = {"__meta__":{"hash":"e2e5f30c188d617ca1bc4fac40d43ca3551eeb226b3c25ec18dd2a07cab6e6ee"}} as unknown as TypedDocumentString<ScrapeLogBodyQuery, ScrapeLogBodyQueryVariables>;
export const PinsDocument = {"__meta__":{"hash":"66a8152ad91f070232d945f9490ed821457f3b015fcd8f5756a322b2d643153a"}} as unknown as TypedDocumentString<PinsQuery, PinsQueryVariables>;
export const PinChartDocument = {"__meta__":{"hash":"9d28ef46b9b8380e7ed864332d487afbc2c4328f4b13f89329389788c415f9b4"}} as unknown as TypedDocumentString<PinChartMutation, PinChartMutationVariables>;
export const UnpinChartDocument = {"__meta__":{"hash":"518fb0d964d78c5aa15f532a8d234b2e631a93ad2b356bcd5a07773bf7e37bce"}} as unknown as TypedDocumentString<UnpinChartMutation, UnpinChartMutationVariables>;
export const QueryPageDocument = {"__meta__":{"hash":"a844ef52eabdafeeb78007c5a3894a0ef3ef5c45bcaeca7c57e2b2f8a3aac0bf"}} as unknown as TypedDocumentString<QueryPageQuery, QueryPageQueryVariables>;
export const ScheduleQueryDocument = {"__meta__":{"hash":"aaba2c8ebde76cb1cdc8eb3e084e91629f89d8fcfb0a74c8e3184e27e9584320"}} as unknown as TypedDocumentString<ScheduleQueryMutation, ScheduleQueryMutationVariables>;
export const UnscheduleQueryDocument = {"__meta__":{"hash":"f53d60c407e05a3a0fc9be665e031a5cbf4039d270df3074210f5b06ccb295ca"}} as unknown as TypedDocumentString<UnscheduleQueryMutation, UnscheduleQueryMutationVariables>;
export const UpdateQueryDocument = {"__meta__":{"hash":"5a2ad6bb5acee44ecbbcbe89795dc8c50d18676beb771496eac5cfdc75d8bbbe"}} as unknown as TypedDocumentString<UpdateQueryMutation, UpdateQueryMutationVariables>;
export const ResultsDocument = {"__meta__":{"hash":"fb301c338fd2565db51d4a00e9e3f9f22b60cca49444555338a5c6f865c66233"}} as unknown as TypedDocumentString<ResultsQuery, ResultsQueryVariables>;
export const StorageSettingsDocument = {"__meta__":{"hash":"391baee266f14a5e94da4283058cb8d6bd3f2314fc803256d1a0983a718bcc81"}} as unknown as TypedDocumentString<StorageSettingsQuery, StorageSettingsQueryVariables>;
export const ConnectBucketDocument = {"__meta__":{"hash":"7febdcc22861d9d2dc543a54ff43e8e5b0829665f1e6cb42512a15cb7d589a42"}} as unknown as TypedDocumentString<ConnectBucketMutation, ConnectBucketMutationVariables>;
export const ResumeBucketDocument = {"__meta__":{"hash":"645d8c13db18bcf4719605d78113c4bee6eca02dfd4a59be65ff21630b7be007"}} as unknown as TypedDocumentString<ResumeBucketMutation, ResumeBucketMutationVariables>;
export const DisconnectBucketDocument = {"__meta__":{"hash":"daf7ffddf8e054d92a3440c725009e7ad1c6a20228cdf8c47aaffbfb9916a3f0"}} as unknown as TypedDocumentString<DisconnectBucketMutation, DisconnectBucketMutationVariables>;
export const BackfillBucketDocument = {"__meta__":{"hash":"c537ccaa4ddca3c6c71065c9bc1df361520988f1af466b566a53261c7aba6bd3"}} as unknown as TypedDocumentString<BackfillBucketMutation, BackfillBucketMutationVariables>;
export const SetRetentionDocument = {"__meta__":{"hash":"b30470db375c9968aeaa5eb03c7492c8da0d1b4606a6f4238c6d0b6eee5a57d4"}} as unknown as TypedDocumentString<SetRetentionMutation, SetRetentionMutationVariables>;
export const DatasetListDocument = {"__meta__":{"hash":"eb776e6e9449ed8f7cb2dfe5fcb10cc87420612f1d064919b75b9ec17b7c645f"}} as unknown as TypedDocumentString<DatasetListQuery, DatasetListQueryVariables>;
export const DeleteDatasetDocument = {"__meta__":{"hash":"96b458bd94d459e974fed6675dc99a589516e9f20f5e1ae70861738e90d65174"}} as unknown as TypedDocumentString<DeleteDatasetMutation, DeleteDatasetMutationVariables>;
export const ApiKeysDocument = {"__meta__":{"hash":"31ef56249f6852c083bae76cb2f0f8ffa92319c433fd9b750040e1511bce4269"}} as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const CreateApiKeyDocument = {"__meta__":{"hash":"758b9d025d5d9c574ed23c72c08cff91135de3cf66f7c88dd96624f2850d4c9d"}} as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = {"__meta__":{"hash":"e4d2858c546afe725ba4bd25391adfc26016fd4bc302efdce3853c249ed09e4c"}} as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const SourceSettingsDocument = {"__meta__":{"hash":"dd592d4d4e522273302a70063578c4cbaef49733ed423cbdc7e9bd0983791756"}} as unknown as TypedDocumentString<SourceSettingsQuery, SourceSettingsQueryVariables>;
export const WorkspaceSettingsDocument = {"__meta__":{"hash":"b8091a39973c7da9f85ec25947c38a4d2a7da91b63b3df16bdf4c21cd5b45440"}} as unknown as TypedDocumentString<WorkspaceSettingsQuery, WorkspaceSettingsQueryVariables>;
export const UpdateWorkspaceDocument = {"__meta__":{"hash":"ae404fbc2f1c800b5e4717dc7c15de8e7cc1564145a1d6ffc26b90eb1b1960cf"}} as unknown as TypedDocumentString<UpdateWorkspaceMutation, UpdateWorkspaceMutationVariables>;
export const AuditLogDocument = {"__meta__":{"hash":"74d440ace4021dab0eb1c12312191f22b8000344446af110324aab30aa30e017"}} as unknown as TypedDocumentString<AuditLogQuery, AuditLogQueryVariables>;
export const WebhooksDocument = {"__meta__":{"hash":"e3031b41a19908ddb01d0f4ba7db7d3638826dcbcffd30ce3e20e16a8e30cb8a"}} as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const SigningKeyDocument = {"__meta__":{"hash":"357e4c3f979b9367713aabe4c4e6a13e3f46af6252b63b481e4630f25637b4ce"}} as unknown as TypedDocumentString<SigningKeyQuery, SigningKeyQueryVariables>;
export const WebhookDocument = {"__meta__":{"hash":"22422e05321c8224caad6d2514ecde062fda6d348da1b639d82209ff3adbf9e7"}} as unknown as TypedDocumentString<WebhookQuery, WebhookQueryVariables>;
export const CreateWebhookDocument = {"__meta__":{"hash":"59b28d90bcd0787e2e79f3fbacc2be71b572442a12c2bd7b90fa113f94aa86b4"}} as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const UpdateWebhookDocument = {"__meta__":{"hash":"991318cd0652bc9f62ccc51db7875a2a5c2279c6d18e9c99729a68ff6110b8b4"}} as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const DeleteWebhookDocument = {"__meta__":{"hash":"66d1ae63da00c6ab1557df0dd2d9b725ee45ff32c9a8ac8af46a859b41e1e980"}} as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const RotateWebhookSecretDocument = {"__meta__":{"hash":"45e71bb24cfcf72588ec4ee32ca8e956c8e2f7e2d100a38d87e31a5df27bf2b6"}} as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const RotateSigningSecretDocument = {"__meta__":{"hash":"d1abeffc7a12a52022eac5a4bd5529f62af7c8f68b2ef7de0b559cd77fd2a042"}} as unknown as TypedDocumentString<RotateSigningSecretMutation, RotateSigningSecretMutationVariables>;
export const TestWebhookDocument = {"__meta__":{"hash":"0c297bbebc21d8e938571793c08e34fb8b91bf73be7de13d199df9cc355f8e2e"}} as unknown as TypedDocumentString<TestWebhookMutation, TestWebhookMutationVariables>;
export const RecoverDeliveriesDocument = {"__meta__":{"hash":"cd9853d50c11f542e11b57289ecbaba4bfa0bf66ccad8688e01a215443e27491"}} as unknown as TypedDocumentString<RecoverDeliveriesMutation, RecoverDeliveriesMutationVariables>;
export const EndpointDeliveriesDocument = {"__meta__":{"hash":"a1bd30e9ede1ab30731bab8ffd49d22f81659f6fa7108de185268d781caf8682"}} as unknown as TypedDocumentString<EndpointDeliveriesQuery, EndpointDeliveriesQueryVariables>;
export const DeliveryAttemptsDocument = {"__meta__":{"hash":"72a9e6c78b219c75d4dc298a62466cf3dccb92db133e83637e9c9bff0c9d0382"}} as unknown as TypedDocumentString<DeliveryAttemptsQuery, DeliveryAttemptsQueryVariables>;
export const RedeliverDocument = {"__meta__":{"hash":"4e5822dfac74a9ff40b430a72568d8a3f9db540705ab7b12d0f770e6ea5c8d86"}} as unknown as TypedDocumentString<RedeliverMutation, RedeliverMutationVariables>;
export const StorageDocument = {"__meta__":{"hash":"3272ba8aed0b28e5e5758ccbc4a171aeb2a8d277ecb2d78c8fce81d6813ece13"}} as unknown as TypedDocumentString<StorageQuery, StorageQueryVariables>;
export const DeleteStorageObjectsDocument = {"__meta__":{"hash":"8dad919e4a89a0f1249ec54051061cc63eef215feb03463524237cf8dc748d84"}} as unknown as TypedDocumentString<DeleteStorageObjectsMutation, DeleteStorageObjectsMutationVariables>;
export const StorageFileDocument = {"__meta__":{"hash":"ddd84749febd2e1e584140aebb9452751ad6cb145cbef2b72325ed7800df3760"}} as unknown as TypedDocumentString<StorageFileQuery, StorageFileQueryVariables>;
export const DownloadLinksDocument = {"__meta__":{"hash":"e9c25307e2753938bb0b368457c00ecd13aa995add697ea1a5acddfcf520e571"}} as unknown as TypedDocumentString<DownloadLinksQuery, DownloadLinksQueryVariables>;
export const CreateDownloadLinkDocument = {"__meta__":{"hash":"05f924d5ba2eb2d6edd00def6e9fb1ee4433b91d21d6b58d3d477cee225eec5d"}} as unknown as TypedDocumentString<CreateDownloadLinkMutation, CreateDownloadLinkMutationVariables>;
export const RevokeDownloadLinkDocument = {"__meta__":{"hash":"10897f7bc7c20d946c2bb901b0e321bf12bda93b29fcd198c3f18960801d54b5"}} as unknown as TypedDocumentString<RevokeDownloadLinkMutation, RevokeDownloadLinkMutationVariables>;
export const OpenJobsDocument = {"__meta__":{"hash":"d301129a96b50060b26b7fcf2979bf6f73df72ae9bb3777f4f06d1c3aab14f4a"}} as unknown as TypedDocumentString<OpenJobsSubscription, OpenJobsSubscriptionVariables>;
export const JobCompletedDocument = {"__meta__":{"hash":"f197861085c52d381b26913aa2faa00705ebfa98d8254feb0797ac046235e732"}} as unknown as TypedDocumentString<JobCompletedSubscription, JobCompletedSubscriptionVariables>;