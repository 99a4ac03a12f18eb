import { Figure, Moment } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import type { ForgeEvent, Run } from '../../lib/api-types.ts';
import { eventPath, useRunEvents } from '../../lib/run-events.ts';

const ROW_HEIGHT = 56;

function EventRow({ event }: { readonly event: ForgeEvent }) {
  const of = eventPath(event);
  return (
    <div className="event-row">
      <Figure value={event.seq} source={{ of, at: '/items/0/seq' }} />
      <span>{event.type}</span>
      <span data-term="">{event.phase}</span>
      <Moment at={event.at} source={{ of, at: '/items/0/at' }} />
    </div>
  );
}

/** Everything that happened to the run, newest first. The number opens the whole of an event. */
export default function EventList({ run }: { readonly run: Run }) {
  const { events } = useRunEvents(run.id);
  if (events.length === 0)
    return <Empty why="No event has come yet." command={`npx forge runs watch ${run.id} --events`} />;
  return (
    <Panel title="Events">
      <VirtualList
        label="Events"
        items={[...events].reverse()}
        rowHeight={ROW_HEIGHT}
        keyOf={({ seq }) => String(seq)}
      >
        {(event) => <EventRow event={event} />}
      </VirtualList>
    </Panel>
  );
}
