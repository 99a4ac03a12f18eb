import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { ApiProblem } from '../lib/api.ts';
import { isSignedIn, onSession } from '../lib/session.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Layout } from './layout.tsx';
import { SIGNED_IN_PATH } from './paths.ts';
import { Pages } from './routes.tsx';
import { SignedIn, SignIn } from './sign-in.tsx';

const FRESH_MS = 5000;
const TRIES = 2;

/** A refusal stays one however often it is asked; an answer that did not come may come. */
const shouldRetry = (failures: number, error: Error): boolean =>
  failures < TRIES && !(error instanceof ApiProblem && error.status < 500);

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: FRESH_MS, retry: shouldRetry, refetchOnWindowFocus: false } },
});

function Shown() {
  const [path] = useLocation();
  const signedIn = useSyncExternalStore(onSession, isSignedIn);
  if (path === SIGNED_IN_PATH) return <SignedIn />;
  return signedIn ? <Pages /> : <SignIn />;
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Layout>
        <ErrorBoundary>
          <Shown />
        </ErrorBoundary>
      </Layout>
    </QueryClientProvider>
  );
}
