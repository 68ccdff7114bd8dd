/** One matcher of a Traefik rule, such as PathPrefix(`/web`); its name in lower case. */
interface Matcher {
  name: string;
  args: string[];
}

/** Matchers of which one must hold. */
export type Alternatives = Matcher[];

const TOKEN = /\s*(?:(&&|\|\||[!(),])|([A-Za-z]+)|`([^`]*)`|"((?:[^"\\]|\\.)*)")/y;

type Token = { sign: string } | { word: string } | { text: string };

function tokenize(rule: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rule.trimEnd().length) {
    const match = TOKEN.exec(rule);
    if (!match) return undefined;
    const [, sign, word, raw, quoted] = match;
    if (sign !== undefined) tokens.push({ sign });
    else if (word !== undefined) tokens.push({ word });
    else tokens.push({ text: raw ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1') });
  }
  return tokens;
}

class Parser {
  #at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  /** All of these must hold. Throws SyntaxError where it is another kind of rule. */
  all(): Alternatives[] {
    const parts = [this.#part()];
    while (this.#takes('&&')) parts.push(this.#part());
    if (this.#at < this.tokens.length) throw new SyntaxError('it is not a list of matchers joined by &&');
    return parts;
  }

  #part(): Alternatives {
    if (!this.#takes('(')) return [this.#matcher()];
    const some = [this.#matcher()];
    while (this.#takes('||')) some.push(this.#matcher());
    this.#expect(')');
    return some;
  }

  #matcher(): Matcher {
    const token = this.tokens[this.#at++];
    if (!token || !('word' in token)) throw new SyntaxError('a matcher is missing');
    this.#expect('(');
    const args = [this.#text()];
    while (this.#takes(',')) args.push(this.#text());
    this.#expect(')');
    return { name: token.word.toLowerCase(), args };
  }

  #text(): string {
    const token = this.tokens[this.#at++];
    if (!token || !('text' in token)) throw new SyntaxError('an argument is missing, or not in backticks or quotes');
    return token.text;
  }

  #takes(sign: string): boolean {
    const token = this.tokens[this.#at];
    const found = token !== undefined && 'sign' in token && token.sign === sign;
    if (found) this.#at += 1;
    return found;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new SyntaxError(`${sign} is missing`);
  }
}

/**
 * A rule of Traefik 2 or 3 as far as a deployment may have one: matchers joined by &&, and in parentheses by ||. undefined where it is
 * another kind of rule, or none.
 */
export function parseRule(rule: string): Alternatives[] | undefined {
  const tokens = tokenize(rule);
  if (!tokens) return undefined;
  try {
    return new Parser(tokens).all();
  } catch (error) {
    if ((error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}
