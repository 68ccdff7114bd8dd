/** The page of the demo image. Script and style are files of their own, so that a strict Content-Security-Policy lets them in. */
export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mooring demo</title>
<link rel="stylesheet" href="demo.css">
<h1>Mooring demo</h1>
<p>A container of your own, in place of a notebook. It is instance <code id="instance">…</code>.</p>
<p>Websocket: <strong id="state" role="status">connecting</strong></p>
<form id="form"><label>Say something: <input id="text" value="hello" autocomplete="off"></label> <button>Send</button></form>
<ol id="echoes" aria-label="What came back"></ol>
<script src="demo.js"></script>
</html>
`;

export const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733; background: #fff; }
code, li { font-family: ui-monospace, monospace; }
#state[data-state=works] { color: #0a6b2d; }
#state[data-state=closed] { color: #a01818; }
`;

export const SCRIPT = `const show = (id, text) => { document.getElementById(id).textContent = text; };
const state = (name) => { show('state', name); document.getElementById('state').dataset.state = name; };
const address = new URL('ws', location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
address.search = '';
const socket = new WebSocket(address);
let greeted = false;
socket.onmessage = ({ data }) => {
  if (!greeted) {
    greeted = true;
    show('instance', JSON.parse(data).instance);
    socket.send('hello');
    return;
  }
  state('works');
  document.getElementById('echoes').append(Object.assign(document.createElement('li'), { textContent: data }));
};
socket.onclose = () => state('closed');
document.getElementById('form').onsubmit = (event) => {
  event.preventDefault();
  if (socket.readyState === WebSocket.OPEN) socket.send(document.getElementById('text').value);
};
`;
