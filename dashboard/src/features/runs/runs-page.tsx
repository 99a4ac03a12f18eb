import { Page } from '../../components/page.tsx';

export default function RunsPage() {
  return <Page title="Runs">{null}</Page>;
}
