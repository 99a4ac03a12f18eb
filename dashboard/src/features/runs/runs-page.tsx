/** Home: the runs, and the ways to begin another one. */
import { useState } from 'react';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { RunList } from './run-list.tsx';
import { SubmitForm } from './submit-form.tsx';
import { UploadModel } from './upload-model.tsx';

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
      {way === 'submit' && <SubmitForm />}
      {way === 'upload' && <UploadModel />}
      <Panel title="Newest first">
        <RunList />
      </Panel>
    </Page>
  );
}
