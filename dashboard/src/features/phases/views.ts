/** What a phase is about, one view each: a chunk of its own, loaded with the page of that phase. */
import type { ComponentType } from 'react';
import type { PhaseSlug } from '../../lib/api-types.ts';
import type { PhaseViewProps } from './phase-view-props.ts';

type LoadView = () => Promise<{ readonly default: ComponentType<PhaseViewProps> }>;

export const PHASE_VIEWS: Partial<Record<PhaseSlug, LoadView>> = {
  cognate: () => import('./cognate-view.tsx'),
  evomerge: () => import('./evomerge-view.tsx'),
  'quiet-star': () => import('./quiet-star-view.tsx'),
  bitnet: () => import('./bitnet-view.tsx'),
  training: () => import('./training-view.tsx'),
  baking: () => import('./baking-view.tsx'),
  deployment: () => import('./deployment-view.tsx'),
  compression: () => import('./compression-view.tsx'),
};
