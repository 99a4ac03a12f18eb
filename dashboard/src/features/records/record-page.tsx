/** The record behind a figure: what the API answers, and the values in it that were shown. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from 'wouter';
import { Command } from '../../components/command.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { readAt } from '../../lib/api.ts';
import { valueAt } from '../../lib/record-source.ts';

/** The record around a value: of a list's item the item, of anything else the object it stands in. */
function around(document: unknown, at: string): unknown {
  const segments = at.split('/');
  const item = segments.findLastIndex((segment) => segment.startsWith('['));
  return valueAt(document, segments.slice(0, item > 0 ? item + 1 : -1).join('/'));
}

/** Only this API's own records: an address that was made elsewhere opens nothing else with our token. */
const isOurs = (of: string): boolean => /^\/v1\/[^/\\]/.test(of) && !of.includes('..');

function Value({ document, at }: { readonly document: unknown; readonly at: string }) {
  const value = valueAt(document, at);
  if (value === undefined) return <p role="alert">The record has no such value any more.</p>;
  return (
    <Panel title="What was shown">
      <dl className="facts" data-term="">
        <dt>Value</dt>
        <dd>
          <strong>{JSON.stringify(value)}</strong>
        </dd>
        <dt>Where it stands</dt>
        <dd>
          <code>{at}</code>
        </dd>
      </dl>
      <h3>The record around it</h3>
      <Wide label={`The record around ${at}`}>
        <pre data-term="">{JSON.stringify(around(document, at), null, 2)}</pre>
      </Wide>
    </Panel>
  );
}

function Shown({ of, at }: { readonly of: string; readonly at: readonly string[] }) {
  const query = useQuery({ queryKey: ['record', of], queryFn: () => readAt(of) });
  return (
    <>
      <Loaded query={query} what="record">
        {(document) => (
          <>
            {at.map((each) => (
              <Value key={each} document={document} at={each} />
            ))}
          </>
        )}
      </Loaded>
      <Panel title="Ask for it yourself">
        <Command text={`curl -H "authorization: Bearer $(cat .forge/token)" "${location.origin}${of}"`} />
      </Panel>
    </>
  );
}

export default function RecordPage() {
  const search = new URLSearchParams(useSearch());
  const of = search.get('of') ?? '';
  return (
    <Page title="Record" lead={<code data-term="">{of}</code>}>
      {isOurs(of) ? (
        <Shown of={of} at={search.getAll('at')} />
      ) : (
        <p role="alert">This is no address of a record.</p>
      )}
    </Page>
  );
}
