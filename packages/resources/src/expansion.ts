/** One or more dollar signs, then a name in parentheses. */
const REFERENCE = /(\$+)\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g;

/**
 * Expands `$(NAME)` as Kubernetes does in `env` and `command`: `$$(NAME)` is an escape that gives `$(NAME)`, and a reference to
 * an unknown name stays as it is. A dollar sign anywhere else is left alone.
 *
 * @param lookup undefined for a name that isn't known
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(REFERENCE, (_whole, dollars: string, name: string) => {
    const literal = '$'.repeat(Math.floor(dollars.length / 2));
    const escaped = dollars.length % 2 === 0;
    if (escaped) return `${literal}(${name})`;
    return literal + (lookup(name) ?? `$(${name})`);
  });
}
