import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml, html } from '../../src/http/html.js';

const NAMES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
const unescapeHtml = (text: string) => text.replace(/&([a-z0-9#]+);/g, (_whole, name: string) => NAMES[name] ?? '?');

describe('html', () => {
  it('escapes what is inserted, but for HTML', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${'"\'`'}">${inner}${[inner, inner]}${7}</p>`.text).toBe(
      '<p title="&quot;&#39;&#96;"><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b>7</p>',
    );
  });

  it('lets no text become markup, and loses none of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`]/);
        expect(unescapeHtml(escaped)).toBe(text);
      }),
    );
  });
});
