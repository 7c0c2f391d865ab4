// Masks. Which apply is settled per set of roles; only the owner exception looks at the row. A value that does not fit
// its type is starred whole: nothing unmasked leaves because a value was odd.
import { hasRole, perCaller } from './caller.ts';
import type { AnyContext } from './context.ts';
import type { AnyRow, Mask, MaskType, Policy } from './policy.ts';

const star = (text: string): string => '*'.repeat([...text].length);
const lastFour = (text: string, stars: number): string => '*'.repeat(stars) + text.slice(-4);

/** The masked form of a text, by type. */
export const MASKS: Readonly<Record<MaskType, (text: string) => string>> = {
  redact: () => '[REDACTED]',
  email(text) {
    const parts = /^([^\s@])[^\s@]*@([^\s@])([^\s@]*)(\.[^\s@.]+)$/u.exec(text);
    return parts ? `${parts[1]}***@${parts[2]}${star(parts[3] ?? '')}${parts[4]}` : star(text);
  },
  phone: digits,
  ssn: digits,
  creditCard(text) {
    const bare = text.replace(/[\s-]/g, '');
    return /^[a-z0-9]{12,34}$/i.test(bare) ? lastFour(bare, 12) : star(text);
  },
  name: (text) => text.replace(/\S+/gu, (word) => { const [first = '', ...rest] = word; return rest.length ? first + '*'.repeat(rest.length) : '*'; }),
};

function digits(text: string): string {
  const bare = text.replace(/\D/g, '');
  return bare.length > 4 && /^[\d\s()+./-]+$/.test(text) ? lastFour(bare, bare.length - 4) : star(text);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One mask that applies to a caller, unless the row names them as its owner. */
export interface Step {
  readonly field: string;
  readonly mask: (value: unknown) => unknown;
  readonly owner: string | undefined;
}
export interface Masking {
  /** The masks that apply to a caller. */
  steps(ctx: AnyContext): readonly Step[];
  /** Columns the caller would see masked in some row, and that no `query.roles` opens: not to be filtered, sorted or searched. */
  closed(ctx: AnyContext): ReadonlySet<string>;
  /** Masks decoded rows in place. They must hold the owner columns of the steps. */
  apply(ctx: AnyContext, rows: Record<string, unknown>[]): void;
}

/** Prepares the masks of a table. Throws at load on a type it does not know. */
export function maskingOf(policy: Pick<Policy<AnyRow>, 'masks'>): Masking {
  const all = Object.entries(policy.masks ?? {}).flatMap(([field, mask]) => (mask ? [{ field, mask }] : []));
  for (const { field, mask } of all) {
    if (mask.type === 'custom' ? typeof mask.mask !== 'function' : !Object.hasOwn(MASKS, mask.type)) throw new Error(`${field}: unknown mask`);
  }
  const seen = (ctx: AnyContext, { show }: Mask<AnyRow>): boolean => show.roles !== undefined && (show.roles.includes('everyone') || hasRole(ctx, show.roles));
  const steps = perCaller((ctx) => all.filter(({ mask }) => !seen(ctx, mask)).map(({ field, mask }) => stepOf(field, mask)));
  const closed = perCaller((ctx): ReadonlySet<string> =>
    new Set(all.filter(({ mask }) => !seen(ctx, mask) && !(mask.query && hasRole(ctx, mask.query.roles))).map(({ field }) => field)));
  return {
    steps, closed,
    apply(ctx, rows) {
      for (const { field, mask, owner } of steps(ctx)) {
        for (const row of rows) {
          const value = row[field];
          if (value === null || value === undefined || (owner !== undefined && owns(ctx, row[owner]))) continue;
          row[field] = mask(value);
        }
      }
    },
  };
}

/** An anonymous caller owns nothing, and nobody owns a row without an owner. */
function owns(ctx: AnyContext, owner: unknown): boolean {
  return ctx.authenticated && !ctx.isAnonymous && ctx.userId !== undefined && owner === ctx.userId;
}

function stepOf(field: string, mask: Mask<AnyRow>): Step {
  const { owner } = mask.show;
  if (mask.type !== 'custom') {
    const byType = MASKS[mask.type];
    return { field, owner, mask: (value) => byType(textOf(value)) };
  }
  const custom = mask.mask as (value: unknown) => unknown;
  return {
    field, owner,
    mask(value) {
      try {
        return custom(value);
      } catch {
        return star(textOf(value)); // the project's own function did not expect this value
      }
    },
  };
}
