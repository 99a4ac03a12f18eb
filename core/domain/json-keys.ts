/** Keys that stand twice in one object of a JSON text: JSON.parse keeps the last and says nothing. */

export interface RepeatedKey {
  readonly key: string;
  /** 1 for a key of the outermost object. */
  readonly depth: number;
}

interface OpenObject {
  readonly keys: Set<string>;
  awaitsKey: boolean;
}

/** Position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1;
    else if (text[position] === '"') return position;
  }
  return text.length;
}

/** The first key that its object has already. @param text valid JSON; keys count as what their escapes mean. */
export function repeatedKey(text: string): RepeatedKey | null {
  const open: (OpenObject | null)[] = [];
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    const inner = open.at(-1);
    if (character === '{') open.push({ keys: new Set(), awaitsKey: true });
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && inner) inner.awaitsKey = true;
    else if (character === '"') {
      const end = endOfString(text, position);
      if (inner?.awaitsKey) {
        const key = JSON.parse(text.slice(position, end + 1)) as string;
        if (inner.keys.has(key)) return { key, depth: open.length };
        inner.keys.add(key);
        inner.awaitsKey = false;
      }
      position = end;
    }
  }
  return null;
}
