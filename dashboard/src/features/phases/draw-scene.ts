/** Draws a scene in space: turned by pointer and arrow keys, and by itself where motion is welcome. */
import {
  AmbientLight,
  BoxGeometry,
  BufferGeometry,
  Color,
  ConeGeometry,
  DirectionalLight,
  Group,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  OctahedronGeometry,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  Vector3,
  WebGLRenderer,
} from 'three';
import { kindOf, SHAPES } from './marks.tsx';
import type { SceneNode, SceneProps } from './scene-props.ts';

const TURN = 0.12;
const SPIN = 0.003;
const TURNS: Readonly<Record<string, readonly ['x' | 'y', number]>> = {
  ArrowLeft: ['y', -TURN],
  ArrowRight: ['y', TURN],
  ArrowUp: ['x', -TURN],
  ArrowDown: ['x', TURN],
};

function geometryOf(series: number) {
  const shape = SHAPES[kindOf(series) - 1];
  if (shape === 'square') return new BoxGeometry(0.16, 0.16, 0.16);
  if (shape === 'triangle') return new ConeGeometry(0.1, 0.2, 12);
  if (shape === 'diamond') return new OctahedronGeometry(0.12);
  if (shape === 'bar') return new BoxGeometry(0.07, 0.24, 0.07);
  return new SphereGeometry(0.1, 20, 14);
}

function colourOf(place: HTMLElement, name: string): Color {
  return new Color(getComputedStyle(place).getPropertyValue(name).trim());
}

function meshOf(place: HTMLElement, { deep, size, series }: SceneNode): Mesh {
  const color = colourOf(place, `--series-${kindOf(series)}`);
  const mesh = new Mesh(geometryOf(series), new MeshLambertMaterial({ color }));
  mesh.position.set(...deep);
  mesh.scale.setScalar(0.6 + size * 0.8);
  return mesh;
}

function groupOf(place: HTMLElement, { nodes, edges, shell = false }: SceneProps): Group {
  const group = new Group();
  const places = new Map(nodes.map(({ id, deep }) => [id, new Vector3(...deep)]));
  const line = new LineBasicMaterial({ color: colourOf(place, '--faint') });
  for (const [from, to] of edges) {
    const ends = [places.get(from), places.get(to)].filter((each) => each !== undefined);
    if (ends.length === 2) group.add(new Line(new BufferGeometry().setFromPoints(ends), line));
  }
  for (const node of nodes) group.add(meshOf(place, node));
  if (shell) {
    const look = { color: colourOf(place, '--edge'), wireframe: true, transparent: true, opacity: 0.5 };
    group.add(new Mesh(new SphereGeometry(1, 24, 16), new MeshBasicMaterial(look)));
  }
  return group;
}

/** Turns the group; returns what ends that. */
function turning(place: HTMLElement, group: Group, draw: () => void): () => void {
  const press = (event: KeyboardEvent) => {
    const turn = TURNS[event.key];
    if (!turn) return;
    event.preventDefault();
    group.rotation[turn[0]] += turn[1];
    draw();
  };
  const drag = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    group.rotation.y += event.movementX / 150;
    group.rotation.x += event.movementY / 150;
    draw();
  };
  place.addEventListener('keydown', press);
  place.addEventListener('pointermove', drag);
  return () => {
    place.removeEventListener('keydown', press);
    place.removeEventListener('pointermove', drag);
  };
}

/** @returns what takes the drawing away */
export function drawScene(place: HTMLElement, props: SceneProps): () => void {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  const scene = new Scene();
  const group = groupOf(place, props);
  const light = new DirectionalLight('white', 2);
  light.position.set(2, 3, 4);
  scene.add(group, new AmbientLight('white', 1.4), light);
  const camera = new PerspectiveCamera(45, 1, 0.1, 20);
  camera.position.set(0, 0.5, 4.2);
  camera.lookAt(0, 0, 0);
  place.append(renderer.domElement);
  const draw = () => renderer.render(scene, camera);
  const resize = new ResizeObserver(() => {
    renderer.setSize(place.clientWidth, place.clientHeight);
    camera.aspect = place.clientWidth / Math.max(1, place.clientHeight);
    camera.updateProjectionMatrix();
    draw();
  });
  resize.observe(place);
  const still = turning(place, group, draw);
  let frame = 0;
  const spin = () => {
    group.rotation.y += SPIN;
    draw();
    frame = requestAnimationFrame(spin);
  };
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) frame = requestAnimationFrame(spin);
  return () => {
    cancelAnimationFrame(frame);
    still();
    resize.disconnect();
    renderer.dispose();
    renderer.domElement.remove();
  };
}
