import { Component, type ReactNode } from "react";

interface State {
  failure: Error | null;
}

/** Never a blank page: what broke, and a way on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failure: null };

  static getDerivedStateFromError(failure: Error): State {
    return { failure };
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return (
      <div className="broken" role="alert">
        <h1>The page broke</h1>
        <p>{this.state.failure.message}</p>
        <button type="button" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
