with

source as (

    select * from {{ source('landing', 'published_annex_activity') }}

),

renamed as (

    select
        -- text
        member_text,
        member_key,
        is_new,
        news,
        publications,
        mentions,
        use_cases,
        c4gh_initiatives,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
