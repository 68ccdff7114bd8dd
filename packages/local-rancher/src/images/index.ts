export { DEMO_IMAGE, demoImage } from './demo.js';
export { MOCK_APP_IMAGE, mockAppImage } from './mock-app.js';
