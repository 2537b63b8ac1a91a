/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment Refusal on UserError {\n    message\n    path\n  }\n": typeof types.RefusalFragmentDoc,
    "\n  query SourceChoices {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n    }\n    datasets(first: 100) {\n      nodes {\n        source\n        documents\n      }\n    }\n    workspace {\n      timezone\n    }\n  }\n": typeof types.SourceChoicesDocument,
    "\n  query Preview($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      reading\n      assumptions\n      problems\n      window {\n        start\n        end\n      }\n      sources {\n        name\n        state\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": typeof types.PreviewDocument,
    "\n  query Estimate($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      sources {\n        name\n        estimate {\n          posts\n          maxUsd\n          reason\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.EstimateDocument,
    "\n  query Fires($schedule: ScheduleInput!) {\n    previewSchedule(count: 10, schedule: $schedule)\n  }\n": typeof types.FiresDocument,
    "\n  mutation CreateQuery($input: CreateQueryInput!) {\n    createQuery(input: $input) {\n      query {\n        id\n      }\n      job {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.CreateQueryDocument,
    "\n  fragment JobRow on Job {\n    id\n    status\n    trigger\n    createdAt\n    startedAt\n    completedAt\n    scheduledFor\n    attempt\n    maxAttempts\n    error {\n      code\n      message\n      retryable\n    }\n    sources {\n      source\n      status\n      requests\n      documents\n      reason\n    }\n    result {\n      key\n      sizeBytes\n    }\n    query {\n      id\n      name\n      prompt\n      state\n      schedule {\n        nextRunAt\n      }\n    }\n  }\n": typeof types.JobRowFragmentDoc,
    "\n  query Queries($first: Int!, $after: String, $filter: QueryFilter) {\n    queries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n        createdAt\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n        latestJob {\n          ...JobRow\n        }\n      }\n    }\n  }\n": typeof types.QueriesDocument,
    "\n  query Jobs($first: Int!, $after: String, $filter: JobFilter) {\n    jobs(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...JobRow\n      }\n    }\n  }\n": typeof types.JobsDocument,
    "\n  mutation RunQuery($queryId: ID!) {\n    runQuery(input: { queryId: $queryId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RunQueryDocument,
    "\n  mutation RetryJob($jobId: ID!) {\n    retryJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RetryJobDocument,
    "\n  mutation CancelJob($jobId: ID!) {\n    cancelJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.CancelJobDocument,
    "\n  mutation PauseQuery($queryId: ID!) {\n    pauseQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.PauseQueryDocument,
    "\n  mutation ResumeQuery($queryId: ID!) {\n    resumeQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.ResumeQueryDocument,
    "\n  mutation DeleteQuery($queryId: ID!) {\n    deleteQuery(input: { queryId: $queryId }) {\n      query {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.DeleteQueryDocument,
    "\n  query OneJob($id: ID!) {\n    job(id: $id) {\n      ...JobRow\n    }\n  }\n": typeof types.OneJobDocument,
    "\n  subscription JobProgress($id: ID!) {\n    jobProgress(jobId: $id) {\n      ...JobRow\n    }\n  }\n": typeof types.JobProgressDocument,
    "\n  query ScrapeLogs($jobId: ID!) {\n    job(id: $jobId) {\n      id\n      scrapeLogs(first: 50) {\n        totalCount\n        nodes {\n          id\n          source\n          at\n          method\n          url\n          durationMs\n          statusCode\n          error\n          sizeBytes\n          documents\n        }\n      }\n    }\n  }\n": typeof types.ScrapeLogsDocument,
    "\n  query ScrapeLogBody($id: ID!) {\n    node(id: $id) {\n      ... on ScrapeLog {\n        id\n        body(maxBytes: 65536)\n      }\n    }\n  }\n": typeof types.ScrapeLogBodyDocument,
    "\n  query Pins {\n    pins(first: 50) {\n      nodes {\n        id\n        chart\n        query {\n          id\n          name\n          prompt\n          latestResult {\n            key\n            createdAt\n          }\n        }\n      }\n    }\n  }\n": typeof types.PinsDocument,
    "\n  mutation PinChart($queryId: ID!, $chart: PinChart!) {\n    pinChart(input: { queryId: $queryId, chart: $chart }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.PinChartDocument,
    "\n  mutation UnpinChart($pinId: ID!) {\n    unpinChart(input: { pinId: $pinId }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.UnpinChartDocument,
    "\n  query QueryPage($id: ID!) {\n    query(id: $id) {\n      id\n      name\n      prompt\n      sources\n      dateRange {\n        start\n        end\n      }\n      limit\n      timezone\n      state\n      webhookUrl\n      reading\n      assumptions\n      createdAt\n      deletedAt\n      schedule {\n        cron\n        timezone\n        nextRunAt\n        overlap\n        catchUp\n        onFailure\n        pausedAt\n        stoppedByJob {\n          id\n        }\n      }\n      latestJob {\n        ...JobRow\n      }\n    }\n  }\n": typeof types.QueryPageDocument,
    "\n  mutation ScheduleQuery($queryId: ID!, $schedule: ScheduleInput!) {\n    scheduleQuery(input: { queryId: $queryId, schedule: $schedule }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.ScheduleQueryDocument,
    "\n  mutation UnscheduleQuery($queryId: ID!) {\n    unscheduleQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.UnscheduleQueryDocument,
    "\n  mutation UpdateQuery($input: UpdateQueryInput!) {\n    updateQuery(input: $input) {\n      query {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.UpdateQueryDocument,
    "\n  query Results($queryId: ID!) {\n    storageObjects(first: 20, filter: { queryId: $queryId }) {\n      totalCount\n      nodes {\n        key\n        createdAt\n      }\n    }\n  }\n": typeof types.ResultsDocument,
    "\n  fragment BucketTestShown on BucketTest {\n    at\n    ok\n    steps {\n      name\n      ok\n      code\n      message\n    }\n  }\n": typeof types.BucketTestShownFragmentDoc,
    "\n  query StorageSettings {\n    workspace {\n      id\n      bucket {\n        endpoint\n        name\n        region\n        prefix\n        pathStyle\n        accessKeyIdLast4\n        state\n        failingSince\n        connectedAt\n        backlog\n        lastTest {\n          ...BucketTestShown\n        }\n      }\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n    }\n    bucketPresets {\n      name\n      title\n      endpoint\n      region\n      pathStyle\n      hint\n    }\n  }\n": typeof types.StorageSettingsDocument,
    "\n  mutation ConnectBucket($input: ConnectBucketInput!) {\n    connectBucket(input: $input) {\n      bucket {\n        name\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": typeof types.ConnectBucketDocument,
    "\n  mutation ResumeBucket($name: String!) {\n    resumeBucket(input: { name: $name }) {\n      bucket {\n        state\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": typeof types.ResumeBucketDocument,
    "\n  mutation DisconnectBucket($name: String!) {\n    disconnectBucket(input: { name: $name }) {\n      disconnected\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.DisconnectBucketDocument,
    "\n  mutation BackfillBucket($name: String!) {\n    backfillBucket(input: { name: $name }) {\n      queued\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.BackfillBucketDocument,
    "\n  fragment RetentionExtentShown on RetentionExtent {\n    count\n    bytes\n    oldest\n    newest\n  }\n": typeof types.RetentionExtentShownFragmentDoc,
    "\n  mutation SetRetention($input: SetRetentionPolicyInput!) {\n    setRetentionPolicy(input: $input) {\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n      preview {\n        results {\n          ...RetentionExtentShown\n        }\n        deliveries {\n          ...RetentionExtentShown\n        }\n        events {\n          ...RetentionExtentShown\n        }\n        scrapeLogs {\n          ...RetentionExtentShown\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.SetRetentionDocument,
    "\n  query DatasetList($first: Int!, $after: String) {\n    datasets(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        source\n        version\n        documents\n        sizeBytes\n        createdAt\n      }\n    }\n  }\n": typeof types.DatasetListDocument,
    "\n  mutation DeleteDataset($name: String!) {\n    deleteDataset(input: { name: $name }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.DeleteDatasetDocument,
    "\n  query ApiKeys($first: Int!, $after: String) {\n    apiKeys(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        scope\n        last4\n        createdAt\n        lastUsedAt\n        expiresAt\n        revokedAt\n      }\n    }\n  }\n": typeof types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.CreateApiKeyDocument,
    "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n        revokedAt\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RevokeApiKeyDocument,
    "\n  query SourceSettings {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n      needs\n      backends\n    }\n  }\n": typeof types.SourceSettingsDocument,
    "\n  query WorkspaceSettings {\n    workspace {\n      id\n      name\n      timezone\n      keepDocuments\n      webhookPublicKey\n      createdAt\n    }\n  }\n": typeof types.WorkspaceSettingsDocument,
    "\n  mutation UpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.UpdateWorkspaceDocument,
    "\n  query AuditLog($first: Int!, $after: String, $filter: AuditFilter) {\n    auditLog(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        at\n        apiKey {\n          id\n          name\n        }\n        operation\n        objectId\n        detail\n      }\n    }\n  }\n": typeof types.AuditLogDocument,
    "\n  fragment EndpointShown on WebhookEndpoint {\n    id\n    url\n    events\n    state\n    disabledReason\n    disabledAt\n    ordered\n    rateLimitPerSecond\n    failingSince\n    warning\n    secretLast4\n    previousSecretUntil\n    createdAt\n  }\n": typeof types.EndpointShownFragmentDoc,
    "\n  query Webhooks($first: Int!, $after: String) {\n    webhookEndpoints(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...EndpointShown\n      }\n    }\n  }\n": typeof types.WebhooksDocument,
    "\n  query SigningKey {\n    workspace {\n      id\n      webhookPublicKey\n    }\n  }\n": typeof types.SigningKeyDocument,
    "\n  query Webhook($id: ID!) {\n    node(id: $id) {\n      ... on WebhookEndpoint {\n        ...EndpointShown\n      }\n    }\n  }\n": typeof types.WebhookDocument,
    "\n  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.CreateWebhookDocument,
    "\n  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        ...EndpointShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": typeof types.UpdateWebhookDocument,
    "\n  mutation DeleteWebhook($id: ID!) {\n    deleteWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.DeleteWebhookDocument,
    "\n  mutation RotateWebhookSecret($id: ID!, $overlapHours: Int) {\n    rotateWebhookSecret(input: { webhookEndpointId: $id, overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RotateWebhookSecretDocument,
    "\n  mutation RotateSigningSecret($overlapHours: Int) {\n    rotateSigningSecret(input: { overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RotateSigningSecretDocument,
    "\n  mutation TestWebhook($id: ID!) {\n    testWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      delivery {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.TestWebhookDocument,
    "\n  mutation RecoverDeliveries($id: ID!, $since: DateTime!) {\n    recoverDeliveries(input: { webhookEndpointId: $id, since: $since }) {\n      recovered\n      hasMore\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RecoverDeliveriesDocument,
    "\n  fragment DeliveryRow on Delivery {\n    id\n    status\n    createdAt\n    nextAttemptAt\n    completedAt\n    event {\n      type\n    }\n  }\n": typeof types.DeliveryRowFragmentDoc,
    "\n  query EndpointDeliveries($first: Int!, $after: String, $filter: DeliveryFilter) {\n    deliveries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n    }\n  }\n": typeof types.EndpointDeliveriesDocument,
    "\n  query DeliveryAttempts($id: ID!) {\n    node(id: $id) {\n      ... on Delivery {\n        ...DeliveryRow\n        target\n        attempts {\n          at\n          number\n          durationMs\n          firstByteMs\n          statusCode\n          error\n          responseExcerpt\n        }\n      }\n    }\n  }\n": typeof types.DeliveryAttemptsDocument,
    "\n  mutation Redeliver($id: ID!) {\n    redeliver(input: { deliveryId: $id }) {\n      delivery {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RedeliverDocument,
    "\n  query Storage($first: Int!, $after: String, $filter: StorageObjectFilter, $orderBy: StorageObjectOrder) {\n    storageObjects(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        key\n        sizeBytes\n        createdAt\n        expiresAt\n        query {\n          id\n          name\n          prompt\n        }\n        bucketDelivery {\n          id\n          status\n        }\n      }\n    }\n  }\n": typeof types.StorageDocument,
    "\n  mutation DeleteStorageObjects($input: DeleteStorageObjectsInput!) {\n    deleteStorageObjects(input: $input) {\n      matchedCount\n      deletedCount\n      bytes\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.DeleteStorageObjectsDocument,
    "\n  query StorageFile($key: String!) {\n    storageObject(key: $key) {\n      id\n      key\n      contentType\n      sizeBytes\n      sha256\n      createdAt\n      expiresAt\n      query {\n        id\n        name\n        prompt\n      }\n      job {\n        id\n        status\n      }\n      bucketDelivery {\n        id\n        status\n      }\n    }\n  }\n": typeof types.StorageFileDocument,
    "\n  query DownloadLinks($storageKey: String!) {\n    downloadLinks(first: 100, filter: { storageKey: $storageKey }) {\n      totalCount\n      nodes {\n        id\n        createdAt\n        expiresAt\n        revokedAt\n        active\n      }\n    }\n  }\n": typeof types.DownloadLinksDocument,
    "\n  mutation CreateDownloadLink($storageKey: String!, $expiresInSeconds: Int!) {\n    createDownloadLink(input: { storageKey: $storageKey, expiresInSeconds: $expiresInSeconds }) {\n      downloadLink {\n        id\n        url\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.CreateDownloadLinkDocument,
    "\n  mutation RevokeDownloadLink($downloadLinkId: ID!) {\n    revokeDownloadLink(input: { downloadLinkId: $downloadLinkId }) {\n      downloadLink {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": typeof types.RevokeDownloadLinkDocument,
    "\n  subscription OpenJobs {\n    openJobs {\n      ...JobRow\n    }\n  }\n": typeof types.OpenJobsDocument,
    "\n  subscription JobCompleted($after: String) {\n    jobCompleted(after: $after) {\n      cursor\n      jobId\n      job {\n        ...JobRow\n      }\n    }\n  }\n": typeof types.JobCompletedDocument,
};
const documents: Documents = {
    "\n  fragment Refusal on UserError {\n    message\n    path\n  }\n": types.RefusalFragmentDoc,
    "\n  query SourceChoices {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n    }\n    datasets(first: 100) {\n      nodes {\n        source\n        documents\n      }\n    }\n    workspace {\n      timezone\n    }\n  }\n": types.SourceChoicesDocument,
    "\n  query Preview($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      reading\n      assumptions\n      problems\n      window {\n        start\n        end\n      }\n      sources {\n        name\n        state\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": types.PreviewDocument,
    "\n  query Estimate($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      sources {\n        name\n        estimate {\n          posts\n          maxUsd\n          reason\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.EstimateDocument,
    "\n  query Fires($schedule: ScheduleInput!) {\n    previewSchedule(count: 10, schedule: $schedule)\n  }\n": types.FiresDocument,
    "\n  mutation CreateQuery($input: CreateQueryInput!) {\n    createQuery(input: $input) {\n      query {\n        id\n      }\n      job {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.CreateQueryDocument,
    "\n  fragment JobRow on Job {\n    id\n    status\n    trigger\n    createdAt\n    startedAt\n    completedAt\n    scheduledFor\n    attempt\n    maxAttempts\n    error {\n      code\n      message\n      retryable\n    }\n    sources {\n      source\n      status\n      requests\n      documents\n      reason\n    }\n    result {\n      key\n      sizeBytes\n    }\n    query {\n      id\n      name\n      prompt\n      state\n      schedule {\n        nextRunAt\n      }\n    }\n  }\n": types.JobRowFragmentDoc,
    "\n  query Queries($first: Int!, $after: String, $filter: QueryFilter) {\n    queries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n        createdAt\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n        latestJob {\n          ...JobRow\n        }\n      }\n    }\n  }\n": types.QueriesDocument,
    "\n  query Jobs($first: Int!, $after: String, $filter: JobFilter) {\n    jobs(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...JobRow\n      }\n    }\n  }\n": types.JobsDocument,
    "\n  mutation RunQuery($queryId: ID!) {\n    runQuery(input: { queryId: $queryId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RunQueryDocument,
    "\n  mutation RetryJob($jobId: ID!) {\n    retryJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RetryJobDocument,
    "\n  mutation CancelJob($jobId: ID!) {\n    cancelJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.CancelJobDocument,
    "\n  mutation PauseQuery($queryId: ID!) {\n    pauseQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.PauseQueryDocument,
    "\n  mutation ResumeQuery($queryId: ID!) {\n    resumeQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.ResumeQueryDocument,
    "\n  mutation DeleteQuery($queryId: ID!) {\n    deleteQuery(input: { queryId: $queryId }) {\n      query {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.DeleteQueryDocument,
    "\n  query OneJob($id: ID!) {\n    job(id: $id) {\n      ...JobRow\n    }\n  }\n": types.OneJobDocument,
    "\n  subscription JobProgress($id: ID!) {\n    jobProgress(jobId: $id) {\n      ...JobRow\n    }\n  }\n": types.JobProgressDocument,
    "\n  query ScrapeLogs($jobId: ID!) {\n    job(id: $jobId) {\n      id\n      scrapeLogs(first: 50) {\n        totalCount\n        nodes {\n          id\n          source\n          at\n          method\n          url\n          durationMs\n          statusCode\n          error\n          sizeBytes\n          documents\n        }\n      }\n    }\n  }\n": types.ScrapeLogsDocument,
    "\n  query ScrapeLogBody($id: ID!) {\n    node(id: $id) {\n      ... on ScrapeLog {\n        id\n        body(maxBytes: 65536)\n      }\n    }\n  }\n": types.ScrapeLogBodyDocument,
    "\n  query Pins {\n    pins(first: 50) {\n      nodes {\n        id\n        chart\n        query {\n          id\n          name\n          prompt\n          latestResult {\n            key\n            createdAt\n          }\n        }\n      }\n    }\n  }\n": types.PinsDocument,
    "\n  mutation PinChart($queryId: ID!, $chart: PinChart!) {\n    pinChart(input: { queryId: $queryId, chart: $chart }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.PinChartDocument,
    "\n  mutation UnpinChart($pinId: ID!) {\n    unpinChart(input: { pinId: $pinId }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.UnpinChartDocument,
    "\n  query QueryPage($id: ID!) {\n    query(id: $id) {\n      id\n      name\n      prompt\n      sources\n      dateRange {\n        start\n        end\n      }\n      limit\n      timezone\n      state\n      webhookUrl\n      reading\n      assumptions\n      createdAt\n      deletedAt\n      schedule {\n        cron\n        timezone\n        nextRunAt\n        overlap\n        catchUp\n        onFailure\n        pausedAt\n        stoppedByJob {\n          id\n        }\n      }\n      latestJob {\n        ...JobRow\n      }\n    }\n  }\n": types.QueryPageDocument,
    "\n  mutation ScheduleQuery($queryId: ID!, $schedule: ScheduleInput!) {\n    scheduleQuery(input: { queryId: $queryId, schedule: $schedule }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.ScheduleQueryDocument,
    "\n  mutation UnscheduleQuery($queryId: ID!) {\n    unscheduleQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.UnscheduleQueryDocument,
    "\n  mutation UpdateQuery($input: UpdateQueryInput!) {\n    updateQuery(input: $input) {\n      query {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.UpdateQueryDocument,
    "\n  query Results($queryId: ID!) {\n    storageObjects(first: 20, filter: { queryId: $queryId }) {\n      totalCount\n      nodes {\n        key\n        createdAt\n      }\n    }\n  }\n": types.ResultsDocument,
    "\n  fragment BucketTestShown on BucketTest {\n    at\n    ok\n    steps {\n      name\n      ok\n      code\n      message\n    }\n  }\n": types.BucketTestShownFragmentDoc,
    "\n  query StorageSettings {\n    workspace {\n      id\n      bucket {\n        endpoint\n        name\n        region\n        prefix\n        pathStyle\n        accessKeyIdLast4\n        state\n        failingSince\n        connectedAt\n        backlog\n        lastTest {\n          ...BucketTestShown\n        }\n      }\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n    }\n    bucketPresets {\n      name\n      title\n      endpoint\n      region\n      pathStyle\n      hint\n    }\n  }\n": types.StorageSettingsDocument,
    "\n  mutation ConnectBucket($input: ConnectBucketInput!) {\n    connectBucket(input: $input) {\n      bucket {\n        name\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": types.ConnectBucketDocument,
    "\n  mutation ResumeBucket($name: String!) {\n    resumeBucket(input: { name: $name }) {\n      bucket {\n        state\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": types.ResumeBucketDocument,
    "\n  mutation DisconnectBucket($name: String!) {\n    disconnectBucket(input: { name: $name }) {\n      disconnected\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.DisconnectBucketDocument,
    "\n  mutation BackfillBucket($name: String!) {\n    backfillBucket(input: { name: $name }) {\n      queued\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.BackfillBucketDocument,
    "\n  fragment RetentionExtentShown on RetentionExtent {\n    count\n    bytes\n    oldest\n    newest\n  }\n": types.RetentionExtentShownFragmentDoc,
    "\n  mutation SetRetention($input: SetRetentionPolicyInput!) {\n    setRetentionPolicy(input: $input) {\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n      preview {\n        results {\n          ...RetentionExtentShown\n        }\n        deliveries {\n          ...RetentionExtentShown\n        }\n        events {\n          ...RetentionExtentShown\n        }\n        scrapeLogs {\n          ...RetentionExtentShown\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.SetRetentionDocument,
    "\n  query DatasetList($first: Int!, $after: String) {\n    datasets(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        source\n        version\n        documents\n        sizeBytes\n        createdAt\n      }\n    }\n  }\n": types.DatasetListDocument,
    "\n  mutation DeleteDataset($name: String!) {\n    deleteDataset(input: { name: $name }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.DeleteDatasetDocument,
    "\n  query ApiKeys($first: Int!, $after: String) {\n    apiKeys(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        scope\n        last4\n        createdAt\n        lastUsedAt\n        expiresAt\n        revokedAt\n      }\n    }\n  }\n": types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.CreateApiKeyDocument,
    "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n        revokedAt\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RevokeApiKeyDocument,
    "\n  query SourceSettings {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n      needs\n      backends\n    }\n  }\n": types.SourceSettingsDocument,
    "\n  query WorkspaceSettings {\n    workspace {\n      id\n      name\n      timezone\n      keepDocuments\n      webhookPublicKey\n      createdAt\n    }\n  }\n": types.WorkspaceSettingsDocument,
    "\n  mutation UpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.UpdateWorkspaceDocument,
    "\n  query AuditLog($first: Int!, $after: String, $filter: AuditFilter) {\n    auditLog(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        at\n        apiKey {\n          id\n          name\n        }\n        operation\n        objectId\n        detail\n      }\n    }\n  }\n": types.AuditLogDocument,
    "\n  fragment EndpointShown on WebhookEndpoint {\n    id\n    url\n    events\n    state\n    disabledReason\n    disabledAt\n    ordered\n    rateLimitPerSecond\n    failingSince\n    warning\n    secretLast4\n    previousSecretUntil\n    createdAt\n  }\n": types.EndpointShownFragmentDoc,
    "\n  query Webhooks($first: Int!, $after: String) {\n    webhookEndpoints(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...EndpointShown\n      }\n    }\n  }\n": types.WebhooksDocument,
    "\n  query SigningKey {\n    workspace {\n      id\n      webhookPublicKey\n    }\n  }\n": types.SigningKeyDocument,
    "\n  query Webhook($id: ID!) {\n    node(id: $id) {\n      ... on WebhookEndpoint {\n        ...EndpointShown\n      }\n    }\n  }\n": types.WebhookDocument,
    "\n  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.CreateWebhookDocument,
    "\n  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        ...EndpointShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n": types.UpdateWebhookDocument,
    "\n  mutation DeleteWebhook($id: ID!) {\n    deleteWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.DeleteWebhookDocument,
    "\n  mutation RotateWebhookSecret($id: ID!, $overlapHours: Int) {\n    rotateWebhookSecret(input: { webhookEndpointId: $id, overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RotateWebhookSecretDocument,
    "\n  mutation RotateSigningSecret($overlapHours: Int) {\n    rotateSigningSecret(input: { overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RotateSigningSecretDocument,
    "\n  mutation TestWebhook($id: ID!) {\n    testWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      delivery {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.TestWebhookDocument,
    "\n  mutation RecoverDeliveries($id: ID!, $since: DateTime!) {\n    recoverDeliveries(input: { webhookEndpointId: $id, since: $since }) {\n      recovered\n      hasMore\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RecoverDeliveriesDocument,
    "\n  fragment DeliveryRow on Delivery {\n    id\n    status\n    createdAt\n    nextAttemptAt\n    completedAt\n    event {\n      type\n    }\n  }\n": types.DeliveryRowFragmentDoc,
    "\n  query EndpointDeliveries($first: Int!, $after: String, $filter: DeliveryFilter) {\n    deliveries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n    }\n  }\n": types.EndpointDeliveriesDocument,
    "\n  query DeliveryAttempts($id: ID!) {\n    node(id: $id) {\n      ... on Delivery {\n        ...DeliveryRow\n        target\n        attempts {\n          at\n          number\n          durationMs\n          firstByteMs\n          statusCode\n          error\n          responseExcerpt\n        }\n      }\n    }\n  }\n": types.DeliveryAttemptsDocument,
    "\n  mutation Redeliver($id: ID!) {\n    redeliver(input: { deliveryId: $id }) {\n      delivery {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RedeliverDocument,
    "\n  query Storage($first: Int!, $after: String, $filter: StorageObjectFilter, $orderBy: StorageObjectOrder) {\n    storageObjects(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        key\n        sizeBytes\n        createdAt\n        expiresAt\n        query {\n          id\n          name\n          prompt\n        }\n        bucketDelivery {\n          id\n          status\n        }\n      }\n    }\n  }\n": types.StorageDocument,
    "\n  mutation DeleteStorageObjects($input: DeleteStorageObjectsInput!) {\n    deleteStorageObjects(input: $input) {\n      matchedCount\n      deletedCount\n      bytes\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.DeleteStorageObjectsDocument,
    "\n  query StorageFile($key: String!) {\n    storageObject(key: $key) {\n      id\n      key\n      contentType\n      sizeBytes\n      sha256\n      createdAt\n      expiresAt\n      query {\n        id\n        name\n        prompt\n      }\n      job {\n        id\n        status\n      }\n      bucketDelivery {\n        id\n        status\n      }\n    }\n  }\n": types.StorageFileDocument,
    "\n  query DownloadLinks($storageKey: String!) {\n    downloadLinks(first: 100, filter: { storageKey: $storageKey }) {\n      totalCount\n      nodes {\n        id\n        createdAt\n        expiresAt\n        revokedAt\n        active\n      }\n    }\n  }\n": types.DownloadLinksDocument,
    "\n  mutation CreateDownloadLink($storageKey: String!, $expiresInSeconds: Int!) {\n    createDownloadLink(input: { storageKey: $storageKey, expiresInSeconds: $expiresInSeconds }) {\n      downloadLink {\n        id\n        url\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.CreateDownloadLinkDocument,
    "\n  mutation RevokeDownloadLink($downloadLinkId: ID!) {\n    revokeDownloadLink(input: { downloadLinkId: $downloadLinkId }) {\n      downloadLink {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n": types.RevokeDownloadLinkDocument,
    "\n  subscription OpenJobs {\n    openJobs {\n      ...JobRow\n    }\n  }\n": types.OpenJobsDocument,
    "\n  subscription JobCompleted($after: String) {\n    jobCompleted(after: $after) {\n      cursor\n      jobId\n      job {\n        ...JobRow\n      }\n    }\n  }\n": types.JobCompletedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Refusal on UserError {\n    message\n    path\n  }\n"): typeof import('./graphql').RefusalFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SourceChoices {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n    }\n    datasets(first: 100) {\n      nodes {\n        source\n        documents\n      }\n    }\n    workspace {\n      timezone\n    }\n  }\n"): typeof import('./graphql').SourceChoicesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Preview($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      reading\n      assumptions\n      problems\n      window {\n        start\n        end\n      }\n      sources {\n        name\n        state\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').PreviewDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Estimate($input: PreviewQueryInput!) {\n    previewQuery(input: $input) {\n      sources {\n        name\n        estimate {\n          posts\n          maxUsd\n          reason\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').EstimateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Fires($schedule: ScheduleInput!) {\n    previewSchedule(count: 10, schedule: $schedule)\n  }\n"): typeof import('./graphql').FiresDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateQuery($input: CreateQueryInput!) {\n    createQuery(input: $input) {\n      query {\n        id\n      }\n      job {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').CreateQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobRow on Job {\n    id\n    status\n    trigger\n    createdAt\n    startedAt\n    completedAt\n    scheduledFor\n    attempt\n    maxAttempts\n    error {\n      code\n      message\n      retryable\n    }\n    sources {\n      source\n      status\n      requests\n      documents\n      reason\n    }\n    result {\n      key\n      sizeBytes\n    }\n    query {\n      id\n      name\n      prompt\n      state\n      schedule {\n        nextRunAt\n      }\n    }\n  }\n"): typeof import('./graphql').JobRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Queries($first: Int!, $after: String, $filter: QueryFilter) {\n    queries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n        createdAt\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n        latestJob {\n          ...JobRow\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').QueriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Jobs($first: Int!, $after: String, $filter: JobFilter) {\n    jobs(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...JobRow\n      }\n    }\n  }\n"): typeof import('./graphql').JobsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunQuery($queryId: ID!) {\n    runQuery(input: { queryId: $queryId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RunQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryJob($jobId: ID!) {\n    retryJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RetryJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelJob($jobId: ID!) {\n    cancelJob(input: { jobId: $jobId }) {\n      job {\n        ...JobRow\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').CancelJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PauseQuery($queryId: ID!) {\n    pauseQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').PauseQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResumeQuery($queryId: ID!) {\n    resumeQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').ResumeQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteQuery($queryId: ID!) {\n    deleteQuery(input: { queryId: $queryId }) {\n      query {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').DeleteQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OneJob($id: ID!) {\n    job(id: $id) {\n      ...JobRow\n    }\n  }\n"): typeof import('./graphql').OneJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobProgress($id: ID!) {\n    jobProgress(jobId: $id) {\n      ...JobRow\n    }\n  }\n"): typeof import('./graphql').JobProgressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ScrapeLogs($jobId: ID!) {\n    job(id: $jobId) {\n      id\n      scrapeLogs(first: 50) {\n        totalCount\n        nodes {\n          id\n          source\n          at\n          method\n          url\n          durationMs\n          statusCode\n          error\n          sizeBytes\n          documents\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ScrapeLogsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ScrapeLogBody($id: ID!) {\n    node(id: $id) {\n      ... on ScrapeLog {\n        id\n        body(maxBytes: 65536)\n      }\n    }\n  }\n"): typeof import('./graphql').ScrapeLogBodyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Pins {\n    pins(first: 50) {\n      nodes {\n        id\n        chart\n        query {\n          id\n          name\n          prompt\n          latestResult {\n            key\n            createdAt\n          }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').PinsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PinChart($queryId: ID!, $chart: PinChart!) {\n    pinChart(input: { queryId: $queryId, chart: $chart }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').PinChartDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnpinChart($pinId: ID!) {\n    unpinChart(input: { pinId: $pinId }) {\n      pin {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').UnpinChartDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query QueryPage($id: ID!) {\n    query(id: $id) {\n      id\n      name\n      prompt\n      sources\n      dateRange {\n        start\n        end\n      }\n      limit\n      timezone\n      state\n      webhookUrl\n      reading\n      assumptions\n      createdAt\n      deletedAt\n      schedule {\n        cron\n        timezone\n        nextRunAt\n        overlap\n        catchUp\n        onFailure\n        pausedAt\n        stoppedByJob {\n          id\n        }\n      }\n      latestJob {\n        ...JobRow\n      }\n    }\n  }\n"): typeof import('./graphql').QueryPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ScheduleQuery($queryId: ID!, $schedule: ScheduleInput!) {\n    scheduleQuery(input: { queryId: $queryId, schedule: $schedule }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').ScheduleQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnscheduleQuery($queryId: ID!) {\n    unscheduleQuery(input: { queryId: $queryId }) {\n      query {\n        id\n        state\n        schedule {\n          cron\n          timezone\n          nextRunAt\n          pausedAt\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').UnscheduleQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateQuery($input: UpdateQueryInput!) {\n    updateQuery(input: $input) {\n      query {\n        id\n        name\n        prompt\n        sources\n        state\n        timezone\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateQueryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Results($queryId: ID!) {\n    storageObjects(first: 20, filter: { queryId: $queryId }) {\n      totalCount\n      nodes {\n        key\n        createdAt\n      }\n    }\n  }\n"): typeof import('./graphql').ResultsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BucketTestShown on BucketTest {\n    at\n    ok\n    steps {\n      name\n      ok\n      code\n      message\n    }\n  }\n"): typeof import('./graphql').BucketTestShownFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query StorageSettings {\n    workspace {\n      id\n      bucket {\n        endpoint\n        name\n        region\n        prefix\n        pathStyle\n        accessKeyIdLast4\n        state\n        failingSince\n        connectedAt\n        backlog\n        lastTest {\n          ...BucketTestShown\n        }\n      }\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n    }\n    bucketPresets {\n      name\n      title\n      endpoint\n      region\n      pathStyle\n      hint\n    }\n  }\n"): typeof import('./graphql').StorageSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConnectBucket($input: ConnectBucketInput!) {\n    connectBucket(input: $input) {\n      bucket {\n        name\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').ConnectBucketDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResumeBucket($name: String!) {\n    resumeBucket(input: { name: $name }) {\n      bucket {\n        state\n      }\n      test {\n        ...BucketTestShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').ResumeBucketDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisconnectBucket($name: String!) {\n    disconnectBucket(input: { name: $name }) {\n      disconnected\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').DisconnectBucketDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation BackfillBucket($name: String!) {\n    backfillBucket(input: { name: $name }) {\n      queued\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').BackfillBucketDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RetentionExtentShown on RetentionExtent {\n    count\n    bytes\n    oldest\n    newest\n  }\n"): typeof import('./graphql').RetentionExtentShownFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetRetention($input: SetRetentionPolicyInput!) {\n    setRetentionPolicy(input: $input) {\n      retention {\n        resultDays\n        deliveryDays\n        eventDays\n        scrapeLogDays\n      }\n      preview {\n        results {\n          ...RetentionExtentShown\n        }\n        deliveries {\n          ...RetentionExtentShown\n        }\n        events {\n          ...RetentionExtentShown\n        }\n        scrapeLogs {\n          ...RetentionExtentShown\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').SetRetentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DatasetList($first: Int!, $after: String) {\n    datasets(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        source\n        version\n        documents\n        sizeBytes\n        createdAt\n      }\n    }\n  }\n"): typeof import('./graphql').DatasetListDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteDataset($name: String!) {\n    deleteDataset(input: { name: $name }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').DeleteDatasetDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ApiKeys($first: Int!, $after: String) {\n    apiKeys(first: $first, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        name\n        scope\n        last4\n        createdAt\n        lastUsedAt\n        expiresAt\n        revokedAt\n      }\n    }\n  }\n"): typeof import('./graphql').ApiKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').CreateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(input: { apiKeyId: $id }) {\n      apiKey {\n        id\n        revokedAt\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RevokeApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SourceSettings {\n    sources {\n      name\n      title\n      state\n      reason\n      covers\n      needs\n      backends\n    }\n  }\n"): typeof import('./graphql').SourceSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WorkspaceSettings {\n    workspace {\n      id\n      name\n      timezone\n      keepDocuments\n      webhookPublicKey\n      createdAt\n    }\n  }\n"): typeof import('./graphql').WorkspaceSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateWorkspace($input: UpdateWorkspaceInput!) {\n    updateWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateWorkspaceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AuditLog($first: Int!, $after: String, $filter: AuditFilter) {\n    auditLog(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        at\n        apiKey {\n          id\n          name\n        }\n        operation\n        objectId\n        detail\n      }\n    }\n  }\n"): typeof import('./graphql').AuditLogDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EndpointShown on WebhookEndpoint {\n    id\n    url\n    events\n    state\n    disabledReason\n    disabledAt\n    ordered\n    rateLimitPerSecond\n    failingSince\n    warning\n    secretLast4\n    previousSecretUntil\n    createdAt\n  }\n"): typeof import('./graphql').EndpointShownFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Webhooks($first: Int!, $after: String) {\n    webhookEndpoints(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...EndpointShown\n      }\n    }\n  }\n"): typeof import('./graphql').WebhooksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SigningKey {\n    workspace {\n      id\n      webhookPublicKey\n    }\n  }\n"): typeof import('./graphql').SigningKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Webhook($id: ID!) {\n    node(id: $id) {\n      ... on WebhookEndpoint {\n        ...EndpointShown\n      }\n    }\n  }\n"): typeof import('./graphql').WebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {\n    createWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        id\n      }\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').CreateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {\n    updateWebhookEndpoint(input: $input) {\n      webhookEndpoint {\n        ...EndpointShown\n      }\n      userErrors {\n        code\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteWebhook($id: ID!) {\n    deleteWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').DeleteWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateWebhookSecret($id: ID!, $overlapHours: Int) {\n    rotateWebhookSecret(input: { webhookEndpointId: $id, overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RotateWebhookSecretDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateSigningSecret($overlapHours: Int) {\n    rotateSigningSecret(input: { overlapHours: $overlapHours }) {\n      secret\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RotateSigningSecretDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestWebhook($id: ID!) {\n    testWebhookEndpoint(input: { webhookEndpointId: $id }) {\n      delivery {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').TestWebhookDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RecoverDeliveries($id: ID!, $since: DateTime!) {\n    recoverDeliveries(input: { webhookEndpointId: $id, since: $since }) {\n      recovered\n      hasMore\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RecoverDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DeliveryRow on Delivery {\n    id\n    status\n    createdAt\n    nextAttemptAt\n    completedAt\n    event {\n      type\n    }\n  }\n"): typeof import('./graphql').DeliveryRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EndpointDeliveries($first: Int!, $after: String, $filter: DeliveryFilter) {\n    deliveries(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').EndpointDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DeliveryAttempts($id: ID!) {\n    node(id: $id) {\n      ... on Delivery {\n        ...DeliveryRow\n        target\n        attempts {\n          at\n          number\n          durationMs\n          firstByteMs\n          statusCode\n          error\n          responseExcerpt\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').DeliveryAttemptsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Redeliver($id: ID!) {\n    redeliver(input: { deliveryId: $id }) {\n      delivery {\n        ...DeliveryRow\n        attempts {\n          number\n        }\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RedeliverDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Storage($first: Int!, $after: String, $filter: StorageObjectFilter, $orderBy: StorageObjectOrder) {\n    storageObjects(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        key\n        sizeBytes\n        createdAt\n        expiresAt\n        query {\n          id\n          name\n          prompt\n        }\n        bucketDelivery {\n          id\n          status\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').StorageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteStorageObjects($input: DeleteStorageObjectsInput!) {\n    deleteStorageObjects(input: $input) {\n      matchedCount\n      deletedCount\n      bytes\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').DeleteStorageObjectsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query StorageFile($key: String!) {\n    storageObject(key: $key) {\n      id\n      key\n      contentType\n      sizeBytes\n      sha256\n      createdAt\n      expiresAt\n      query {\n        id\n        name\n        prompt\n      }\n      job {\n        id\n        status\n      }\n      bucketDelivery {\n        id\n        status\n      }\n    }\n  }\n"): typeof import('./graphql').StorageFileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DownloadLinks($storageKey: String!) {\n    downloadLinks(first: 100, filter: { storageKey: $storageKey }) {\n      totalCount\n      nodes {\n        id\n        createdAt\n        expiresAt\n        revokedAt\n        active\n      }\n    }\n  }\n"): typeof import('./graphql').DownloadLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateDownloadLink($storageKey: String!, $expiresInSeconds: Int!) {\n    createDownloadLink(input: { storageKey: $storageKey, expiresInSeconds: $expiresInSeconds }) {\n      downloadLink {\n        id\n        url\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').CreateDownloadLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeDownloadLink($downloadLinkId: ID!) {\n    revokeDownloadLink(input: { downloadLinkId: $downloadLinkId }) {\n      downloadLink {\n        id\n      }\n      userErrors {\n        ...Refusal\n      }\n    }\n  }\n"): typeof import('./graphql').RevokeDownloadLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OpenJobs {\n    openJobs {\n      ...JobRow\n    }\n  }\n"): typeof import('./graphql').OpenJobsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobCompleted($after: String) {\n    jobCompleted(after: $after) {\n      cursor\n      jobId\n      job {\n        ...JobRow\n      }\n    }\n  }\n"): typeof import('./graphql').JobCompletedDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
