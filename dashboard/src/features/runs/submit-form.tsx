/** A run document, filled in; planned first, then submitted. The server judges it: what it refuses is shown as it says it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { Panel } from '../../components/panel.tsx';
import { post, read } from '../../lib/api.ts';
import type { Run, RunPlan } from '../../lib/api-types.ts';
import { PlanPreview } from './plan-preview.tsx';
import { Refusal } from './refusal.tsx';
import { documentOf, EMPTY, type Filled } from './run-document.ts';
import { fieldOf, PHASES, settingsOf } from './run-schema.ts';
import { SchemaField } from './schema-field.tsx';

const ENTRIES = ['name', 'seed'] as const;

interface PartProps {
  readonly filled: Filled;
  readonly change: (change: Partial<Filled>) => void;
}

function Phases({ filled, change }: PartProps) {
  const toggle = (slug: string, wanted: boolean) =>
    change({ phases: PHASES.filter((each) => (each === slug ? wanted : filled.phases.includes(each))) });
  return (
    <fieldset>
      <legend>Phases</legend>
      <div className="row">
        {PHASES.map((slug) => (
          <label key={slug}>
            <input
              type="checkbox"
              checked={filled.phases.includes(slug)}
              onChange={({ target }) => toggle(slug, target.checked)}
            />{' '}
            {slug}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Inputs({ filled, change }: PartProps) {
  const corpora = useQuery({ queryKey: ['corpora'], queryFn: () => read('/v1/corpora', {}, { limit: 200 }) });
  const presets = useQuery({ queryKey: ['presets'], queryFn: () => read('/v1/presets') });
  const lists = [
    ['preset', 'Preset', presets.data?.items.map(({ name }) => name)],
    ['corpus', 'Corpus', corpora.data?.items.map(({ name }) => name)],
  ] as const;
  return (
    <div className="fields">
      {lists.map(([field, title, names = []]) => (
        <div className="field" key={field} data-term="">
          <label htmlFor={`run-${field}`}>{title}</label>
          <select
            id={`run-${field}`}
            value={filled[field]}
            onChange={({ target }) => change({ [field]: target.value })}
          >
            <option value="">none</option>
            {[...new Set(names)].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
      ))}
      <div className="field">
        <label htmlFor="run-model">Model to start from</label>
        <input
          id="run-model"
          value={filled.model}
          onChange={({ target }) => change({ model: target.value })}
        />
      </div>
    </div>
  );
}

function Settings({ filled, change }: PartProps) {
  return filled.phases.map((phase) => (
    <details key={phase}>
      <summary>Settings of {phase}</summary>
      <div className="fields">
        {settingsOf(phase).map(([name, schema]) => {
          const key = `${phase}.${name}`;
          const set = (value: string) => change({ settings: { ...filled.settings, [key]: value } });
          return (
            <SchemaField
              key={key}
              name={key}
              schema={schema}
              value={filled.settings[key] ?? ''}
              onChange={set}
            />
          );
        })}
      </div>
    </details>
  ));
}

/** One key per document: a second click on the same one submits nothing more. */
function useSubmission(document: unknown) {
  const [, go] = useLocation();
  const text = JSON.stringify(document);
  const [kept, keep] = useState({ text: '', key: '' });
  return useMutation({
    mutationFn: () => {
      const key = kept.text === text ? kept.key : crypto.randomUUID();
      keep({ text, key });
      return post<Run>('/v1/runs', document, { 'idempotency-key': key });
    },
    onSuccess: (run) => go(`/runs/${run.id}`),
  });
}

export default function SubmitForm() {
  const [filled, fill] = useState<Filled>(EMPTY);
  const document = documentOf(filled);
  const plan = useMutation({ mutationFn: () => post<RunPlan>('/v1/plan', document) });
  const submission = useSubmission(document);
  const change = (part: Partial<Filled>) => {
    plan.reset();
    submission.reset();
    fill((was) => ({ ...was, ...part }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    submission.mutate();
  };
  return (
    <Panel title="New run">
      <form onSubmit={submit}>
        <div className="fields">
          {ENTRIES.map((name) => (
            <SchemaField
              key={name}
              name={name}
              schema={fieldOf(name)}
              value={filled[name]}
              onChange={(value) => change({ [name]: value })}
            />
          ))}
        </div>
        <Inputs filled={filled} change={change} />
        <Phases filled={filled} change={change} />
        <Settings filled={filled} change={change} />
        <div className="row">
          <button type="button" disabled={plan.isPending} onClick={() => plan.mutate()}>
            Show the plan
          </button>
          <button type="submit" className="main" disabled={submission.isPending}>
            Submit
          </button>
        </div>
      </form>
      <Refusal error={submission.error ?? plan.error} />
      {plan.data && <PlanPreview plan={plan.data} />}
    </Panel>
  );
}
