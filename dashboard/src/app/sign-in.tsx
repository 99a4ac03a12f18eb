import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Command } from '../components/command.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { keepHomeToken, keepTokens } from '../lib/session.ts';
import { settings } from '../lib/settings.ts';
import { type SignedIn as Answer, finishSignIn, startSignIn } from '../lib/sign-in.ts';

/** Shown to whoever is not signed in. */
export function SignIn() {
  const { data, error } = useQuery({ queryKey: ['settings'], queryFn: settings });
  if (!data) return <p role="status">{error ? 'The server does not answer.' : 'One moment …'}</p>;
  return <Page title="Sign in">{data.signInUrl ? <StageSignIn /> : <HomeSignIn />}</Page>;
}

function StageSignIn() {
  return (
    <Panel title="With your account of this stage">
      <button type="button" className="main" onClick={() => void startSignIn()}>
        Sign in
      </button>
    </Panel>
  );
}

function HomeSignIn() {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim()) keepHomeToken(token.trim());
  };
  return (
    <Panel title="With the token of this home">
      <p>
        The address that the server prints when it starts brings the token along. It also stands in a file:
      </p>
      <Command text="cat .forge/token" />
      <form className="row" onSubmit={submit}>
        <label>
          Token <input name="token" type="password" autoComplete="off" required />
        </label>
        <button type="submit" className="main">
          Sign in
        </button>
      </form>
    </Panel>
  );
}

let finishing: Promise<Answer> | undefined;

/** The answer of a stage's sign-in; a code can be used once, however often this is drawn. */
export function SignedIn() {
  const [, go] = useLocation();
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    finishing ??= finishSignIn();
    finishing.then(
      ({ tokens, back }) => {
        keepTokens(tokens);
        go(back, { replace: true });
      },
      (error: Error) => setFault(error.message),
    );
  }, [go]);
  return (
    <Page title="Signing in">
      {fault ? (
        <p role="alert" data-term="">
          {fault} <a href="/">Sign in again</a>
        </p>
      ) : (
        <p role="status">One moment …</p>
      )}
    </Page>
  );
}
