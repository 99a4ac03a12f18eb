/**
 * Every value on screen that comes from a record passes through one of these: what is shown is a link to the page of
 * the record that it was read from. Text that holds a digit and is none of these fails the test of all pages.
 */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { LinkedNumber } from '../lib/api-types.ts';
import { formatBytes, formatNumber, formatSeconds, formatTime } from '../lib/format.ts';
import { metricSource, type RecordSource, recordHref } from '../lib/record-source.ts';

interface Sourced {
  readonly source: RecordSource;
}

interface SourcedLinkProps extends Sourced {
  /** What the record says, as it says it; absent for what is made of several values. */
  readonly raw?: unknown;
  readonly quoted?: boolean;
  readonly children: ReactNode;
}

function SourcedLink({ source, raw, quoted = false, children }: SourcedLinkProps) {
  const said = raw === undefined ? {} : { 'data-figure': JSON.stringify(raw), title: String(raw) };
  return (
    <Link href={recordHref(source)} className={quoted ? 'figure quoted' : 'figure'} data-record="" {...said}>
      {children}
    </Link>
  );
}

export interface FigureProps extends Sourced {
  readonly value: number;
  /** Shown behind the number; `bytes` and `seconds` choose their own scale. */
  readonly unit?: string;
}

/** A number with its unit. */
export function Figure({ value, unit = '', source }: FigureProps) {
  if (unit === 'bytes') return <SourcedLink {...{ source, raw: value }}>{formatBytes(value)}</SourcedLink>;
  if (unit === 'seconds' || unit === 's')
    return <SourcedLink {...{ source, raw: value }}>{formatSeconds(value)}</SourcedLink>;
  return (
    <SourcedLink source={source} raw={value}>
      {formatNumber(value)}
      {unit && unit !== '1' && <span className="unit"> {unit.replaceAll('_', ' ')}</span>}
    </SourcedLink>
  );
}

/** A figure of a report, a gate or a claim of a run; says so where nothing was measured. */
export function RunFigure({
  run,
  figure,
}: {
  readonly run: string;
  readonly figure: LinkedNumber | null | undefined;
}) {
  if (!figure) return <span className="faint">not measured</span>;
  return <Figure value={figure.value} unit={figure.unit} source={metricSource(run, figure.metric)} />;
}

/** A point in time. */
export function Moment({ at, source }: Sourced & { readonly at: string }) {
  return (
    <SourcedLink source={source} raw={at}>
      <time dateTime={at}>{formatTime(at)}</time>
    </SourcedLink>
  );
}

/** The time between two points of time of one record; `source` names both, the earlier one first. */
export function Elapsed({ from, to, source }: Sourced & { readonly from: string; readonly to: string }) {
  return (
    <SourcedLink source={source}>{formatSeconds((Date.parse(to) - Date.parse(from)) / 1000)}</SourcedLink>
  );
}

export interface QuotedProps extends Sourced {
  readonly text: string;
  /** What the record has, where that is no text. @default the text */
  readonly raw?: unknown;
}

/** Words of a record as they stand there: rules, messages, settings, names. */
export function Quoted({ text, raw = text, source }: QuotedProps) {
  return (
    <SourcedLink source={source} raw={raw} quoted>
      {text}
    </SourcedLink>
  );
}

/** A name with a digit in it that measures nothing: a format, a standard, an id that links to its own page anyway. */
export function Term({ children }: { readonly children: ReactNode }) {
  return <span data-term="">{children}</span>;
}
