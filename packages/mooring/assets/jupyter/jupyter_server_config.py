# What every session of the image mooring/jupyter has in common; address, port and folder are given on the command line.
c = get_config()  # noqa: F821

c.ServerApp.base_url = "/narrative/"
c.ServerApp.open_browser = False
c.ServerApp.port_retries = 0
c.ServerApp.allow_root = True
# Stopping the server is not a session's own business: nobody would be told why it is gone.
c.ServerApp.quit_button = False

# The route's cookie is what lets a person in, as with narrative-traefiker; Jupyter asks for nothing more. XSRF checks stay on, and so
# does the check of the Host header, which keeps out pages of other sites that have their name point here (DNS rebinding).
c.IdentityProvider.token = ""
c.PasswordIdentityProvider.hashed_password = ""

# Nothing is asked of the Internet, and nothing is installed from the page.
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.ServerApp.jpserver_extensions = {"jupyterlab": True, "jupyter_server_terminals": True, "jupyter_lsp": False}
