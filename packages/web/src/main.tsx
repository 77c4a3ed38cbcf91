/**
 * Where the user interface starts: styles, cache, router, and nothing else.
 */
import 'virtual:tokens.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/geist-mono/wght.css';
import './shell/global.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { createPages } from './routes.tsx';
import { isPassing } from './server/ask.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // The server is often on this very machine: being offline says nothing about it.
      networkMode: 'always',
      // A refusal stays a refusal; an engine that restarts (503) or a lost connection is worth a second try.
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
  },
});

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no element with the id "root"');
createRoot(place).render(
  <StrictMode>
    {/* The words are English whatever the browser's language is; see vite.config.ts. */}
    <I18nProvider locale="en-US">
      <QueryClientProvider client={queries}>
        <RouterProvider router={createPages(queries)} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
