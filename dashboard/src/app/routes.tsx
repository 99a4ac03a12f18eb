/** Which page stands behind which address. Each comes in a chunk of its own when it is asked for. */
import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Page } from '../components/page.tsx';

type Load = () => Promise<{ readonly default: ComponentType }>;

/** Pages take no properties: what an address says they read from it, with useParams and useSearch. */
const PAGES: Readonly<Record<string, Load>> = {
  '/': () => import('../features/runs/runs-page.tsx'),
  '/runs/:id/phases/:slug': () => import('../features/phases/phase-page.tsx'),
  '/runs/:id/:part?': () => import('../features/run/run-page.tsx'),
  '/models': () => import('../features/models/models-page.tsx'),
  '/models/:reference': () => import('../features/model/model-page.tsx'),
  '/compare': () => import('../features/compare/compare-page.tsx'),
  '/costs': () => import('../features/costs/costs-page.tsx'),
  '/claims': () => import('../features/claims/claims-page.tsx'),
  '/federation': () => import('../features/federation/federation-page.tsx'),
  '/record': () => import('../features/records/record-page.tsx'),
};

const ROUTES = Object.entries(PAGES).map(([path, load]) => [path, lazy(load)] as const);

function NoPage() {
  return (
    <Page title="There is no such page">
      <p>
        <a href="/">The runs</a> are a good place to go on from.
      </p>
    </Page>
  );
}

export function Pages() {
  return (
    <Suspense fallback={<p role="status">One moment …</p>}>
      <Switch>
        {ROUTES.map(([path, Shown]) => (
          <Route key={path} path={path}>
            <Shown />
          </Route>
        ))}
        <Route>
          <NoPage />
        </Route>
      </Switch>
    </Suspense>
  );
}
