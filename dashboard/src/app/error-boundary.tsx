import { Component, type ReactNode } from 'react';

interface State {
  readonly error: Error | null;
}

/** A page that breaks says so and leaves the bar at the top standing. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page" role="alert">
        <h1>This page broke</h1>
        <p data-term="">{error.message}</p>
        <p>
          <a href="/">Load the runs anew</a>; the commands of forge show the same records.
        </p>
      </div>
    );
  }
}
