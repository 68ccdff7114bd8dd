// The reader of the API's description. Requests go to this origin with the reader's own cookie.
window.SwaggerUIBundle({
  url: document.querySelector('main').dataset.description,
  dom_id: '#reader',
  deepLinking: true,
  validatorUrl: null,
});
