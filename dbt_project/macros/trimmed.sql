{#- A text without the spaces around it, of every kind that Unicode has. -#}
{% macro trimmed(text) -%}
    {{ return(adapter.dispatch('trimmed', 'metropolis')(text)) }}
{%- endmacro %}

{% macro default__trimmed(text) -%}
    {{ return('trim(' ~ text ~ ')') }}
{%- endmacro %}

{#- Its own trim knows the plain space alone. -#}
{% macro spark__trimmed(text) -%}
    {%- set spaces = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+" -%}
    {{ return("regexp_replace(" ~ text ~ ", '^" ~ spaces ~ "|" ~ spaces ~ "$', '')") }}
{%- endmacro %}
