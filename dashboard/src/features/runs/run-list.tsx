import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { Moment } from '../../components/figure.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Status } from '../../components/status.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { read } from '../../lib/api.ts';
import type { RunSummary } from '../../lib/api-types.ts';

const PAGE = 50;
const ROW_HEIGHT = 64;
const FRESH_MS = 3000;
export const MOST_COMPARED = 20;

function useRuns() {
  return useInfiniteQuery({
    queryKey: ['runs'],
    queryFn: ({ pageParam }) =>
      read('/v1/runs', {}, { limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    // A run is there within a second or two of its submission; nobody scrolls through news.
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? false : FRESH_MS),
  });
}

interface RowProps {
  readonly run: RunSummary;
  readonly chosen: boolean;
  readonly choose: (id: string, wanted: boolean) => void;
}

function Row({ run, chosen, choose }: RowProps) {
  return (
    <div className="run-row">
      <input
        type="checkbox"
        aria-label={`Compare ${run.name}`}
        checked={chosen}
        onChange={({ target }) => choose(run.id, target.checked)}
      />
      <Link href={`/runs/${run.id}`} data-term="">
        {run.name}
      </Link>
      <Status word={run.status} />
      <Moment at={run.createdAt} source={{ of: `/v1/runs/${run.id}`, at: '/createdAt' }} />
      <span className="faint phases" data-term="">
        {run.phases.map(({ slug }) => slug).join(' → ')}
      </span>
    </div>
  );
}

export function RunList() {
  const query = useRuns();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose = (id: string, wanted: boolean) =>
    setChosen((were) =>
      wanted ? [...were, id].slice(0, MOST_COMPARED) : were.filter((each) => each !== id),
    );
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  return (
    <Loaded query={query} what="runs">
      {({ pages }) => {
        const runs = pages.flatMap(({ items }) => items);
        if (runs.length === 0)
          return <Empty why="There is no run yet." command="npx forge runs create -f run.yaml" />;
        return (
          <>
            {chosen.length > 1 && (
              <p>
                <Link href={`/compare?runs=${chosen.join(',')}`}>Compare the chosen runs</Link>
              </p>
            )}
            <VirtualList
              label="Runs"
              items={runs}
              rowHeight={ROW_HEIGHT}
              keyOf={({ id }) => id}
              onNearEnd={more}
            >
              {(run) => <Row run={run} chosen={chosen.includes(run.id)} choose={choose} />}
            </VirtualList>
          </>
        );
      }}
    </Loaded>
  );
}
