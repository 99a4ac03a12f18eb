import { Empty } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';

/** There is no federation yet, and nothing here pretends that there is. */
export default function FederationPage() {
  return (
    <Page title="Federation">
      <Panel title="Rounds">
        <Empty why="This release trains nothing across machines: there is no coordinator, so there are no participants and no rounds to show." />
      </Panel>
    </Page>
  );
}
