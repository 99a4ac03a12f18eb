/** Home: the runs, and the ways to begin another one. */
import { lazy, Suspense, useState } from 'react';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { RunList } from './run-list.tsx';

/** Not before somebody wants them: the schema of a run document is longer than the rest of the page. */
const SubmitForm = lazy(() => import('./submit-form.tsx'));
const UploadModel = lazy(() => import('./upload-model.tsx'));

type Way = 'submit' | 'upload' | null;

export default function RunsPage() {
  const [way, choose] = useState<Way>(null);
  const toggle = (wanted: Way) => choose((was) => (was === wanted ? null : wanted));
  return (
    <Page title="Runs">
      <div className="row">
        <button
          type="button"
          className="main"
          aria-expanded={way === 'submit'}
          onClick={() => toggle('submit')}
        >
          New run
        </button>
        <button type="button" aria-expanded={way === 'upload'} onClick={() => toggle('upload')}>
          Upload a model
        </button>
      </div>
      <Suspense fallback={<p role="status">One moment …</p>}>
        {way === 'submit' && <SubmitForm />}
        {way === 'upload' && <UploadModel />}
      </Suspense>
      <Panel title="Newest first">
        <RunList />
      </Panel>
    </Page>
  );
}
