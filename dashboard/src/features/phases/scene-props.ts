/** Things in a drawing and what binds them. */
export interface SceneNode {
  readonly id: string;
  /** From 0 to 1, right and down. */
  readonly flat: readonly [x: number, y: number];
  /** From -1 to 1. */
  readonly deep: readonly [x: number, y: number, z: number];
  /** From 0 to 1. */
  readonly size: number;
  /** From 1. */
  readonly series: number;
}

export interface SceneProps {
  readonly label: string;
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Names of the series, the first one's first. */
  readonly names: readonly string[];
  /** Whether a sphere is drawn around the things in space. */
  readonly shell?: boolean;
}
