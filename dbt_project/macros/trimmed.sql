{#- A text without the spaces around it, of every kind that Unicode has. -#}
{% macro trimmed(text) -%}
    {{ return(adapter.dispatch('trimmed', 'metropolis')(text)) }}
{%- endmacro %}

{% macro default__trimmed(text) -%}
    {{ return('trim(' ~ text ~ ')') }}
{%- endmacro %}

{#- Its own trim knows the plain space alone; a backslash stands twice in its literals. -#}
{% macro spark__trimmed(text) -%}
    {{ return("regexp_replace(" ~ text ~ ", '^\\\\p{Zs}+|\\\\p{Zs}+$', '')") }}
{%- endmacro %}
