import type { Located } from './located-yaml.ts';
import type { Plain } from './pipeline.ts';

/** Content without its places. Whole numbers that are safe become `number`. */
export function plainOf(node: Located): Plain {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' && Number.isSafeInteger(Number(node.value)) ? Number(node.value) : node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
    case 'reference':
      return `!reference [${node.path.join(', ')}]`;
  }
}
