with

projects as (

    select * from {{ ref('int_projects') }}

),

final as (

    select
        -- ids
        project_code,

        -- text
        name,

        -- booleans
        has_gender_coordination,

        -- origin
        source_file,
        source_line
    from projects

)

select * from final
