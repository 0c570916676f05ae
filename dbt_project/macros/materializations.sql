{#-
    Tables and views of a build that is made from nothing. dbt makes a relation aside and then swaps it in,
    so that readers never miss it; nobody reads a build before it is whole, and two renames a model are most
    of what a small model costs.
-#}
{% materialization table, adapter='duckdb' %}
    {{ return(made_in_place('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(made_in_place('view')) }}
{% endmaterialization %}

{% macro made_in_place(kind) %}
    {%- set relation = this.incorporate(type=kind) -%}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {{ create_table_as(False, relation, sql) if kind == 'table' else create_view_as(relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
