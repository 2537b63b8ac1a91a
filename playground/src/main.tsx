/** `/`: the dashboard. */
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";

import { createCache } from "./api/data";
import { Gate } from "./shell/gate";
import { theme } from "./theme";

/** The page's security policy takes the styles of scripts by this number alone. */
const nonce = document.querySelector<HTMLMetaElement>("meta[name=style-nonce]")?.content ?? "";
setNonce(nonce);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <QueryClientProvider client={createCache()}>
          {/* The place is behind the `#`: it stays the same below whatever path a proxy puts before it. */}
          <Router hook={useHashLocation}>
            <Gate />
          </Router>
        </QueryClientProvider>
        <Notifications position="bottom-right" />
      </MantineProvider>
    </StrictMode>,
  );
}
