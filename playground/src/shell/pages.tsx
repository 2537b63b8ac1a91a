/** Which page is at which place. */
import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";

import { NewQueryPage } from "../pages/ask/page";
import { JobPage } from "../pages/jobs/job";
import { JobsPage } from "../pages/jobs/page";
import { OverviewPage } from "../pages/overview/page";
import { QueryPage } from "../pages/query/page";
import { StoragePage } from "../pages/storage/page";
import { Waiting } from "../ui/states";
import { Bar } from "./bar";
import { LiveProvider } from "./live";
import { Lost } from "./lost";

// What most visits do not need is loaded when it is.
const ComparePage = lazy(() => import("../pages/result/compare"));
const ResultPage = lazy(() => import("../pages/result/page"));
const FilePage = lazy(() => import("../pages/storage/file"));
const SettingsPage = lazy(() => import("../pages/settings/page"));

export function Pages() {
  return (
    <LiveProvider>
      <a
        className="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}
      >
        Skip to the page
      </a>
      <Bar />
      <main className="page" id="main" tabIndex={-1}>
        <Suspense fallback={<Waiting what="Loading the page" />}>
          <Switch>
            <Route path="/" component={OverviewPage} />
            <Route path="/jobs" component={JobsPage} />
            <Route path="/runs" component={JobsPage} />
            <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
            <Route path="/new" component={NewQueryPage} />
            <Route path="/queries/:id">{({ id }) => <QueryPage key={id} id={id} />}</Route>
            <Route path="/results/:key">
              {({ key }) => <ResultPage key={key} storageKey={decodeURIComponent(key)} />}
            </Route>
            <Route path="/compare/:one/:other">
              {({ one, other }) => <ComparePage one={decodeURIComponent(one)} other={decodeURIComponent(other)} />}
            </Route>
            <Route path="/storage" component={StoragePage} />
            <Route path="/storage/:key">
              {({ key }) => <FilePage key={key} storageKey={decodeURIComponent(key)} />}
            </Route>
            <Route path="/settings">
              <Redirect to="/settings/storage" replace />
            </Route>
            <Route path="/settings/:part/:id?">{({ part, id }) => <SettingsPage part={part} id={id} />}</Route>
            <Route component={Lost} />
          </Switch>
        </Suspense>
      </main>
    </LiveProvider>
  );
}
